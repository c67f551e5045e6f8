package slacktest

import "huiying/internal/faulttest"

// Fault is one bad answer; its Method defaults to chat.postMessage.
type Fault = faulttest.Fault

// RateLimited is a 429 with the given Retry-After.
func RateLimited(retryAfter string) Fault { return faulttest.RateLimited(retryAfter) }

// answerOfSome is what a fault that cuts an answer short cuts where no message was
// taken.
const answerOfSome = `{"ok":true,"channel":"C0123456789","ts":"1.1"}`

func methodOf(f Fault) string {
	if f.Method == "" {
		return "chat.postMessage"
	}
	return f.Method
}
