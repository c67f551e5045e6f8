package post_test

import (
	"testing"

	"huiying/internal/post"
)

func TestReachKeepsWhatIsNotSaidAgain(t *testing.T) {
	t.Parallel()
	if got := (post.Reach{Reads: 5}).Over(post.Reach{Reads: 9, Shares: 3, Audience: 7}); got != (post.Reach{Reads: 5, Shares: 3, Audience: 7}) {
		t.Errorf("%+v", got)
	}
}
