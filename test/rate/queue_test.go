package rate

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"huiying/alerting"
	"huiying/internal/store"
)

// latency is what a request takes on its way.
const latency = 60 * time.Millisecond

// wire brings requests to a fake without a network, which knows nothing of a
// bubble's clock.
type wire struct {
	to    http.Handler
	down  func() trouble
	block time.Duration
	*limit
}

// trouble is how a platform is out of reach.
type trouble int

const (
	none trouble = iota
	refusing
	silent
)

// limit is what a platform has asked for, and how often it was not kept to.
type limit struct {
	mu             sync.Mutex
	until          map[string]time.Time // by path
	early, refused int
}

// begin counts a request that comes too early.
func (l *limit) begin(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.until[path]) {
		l.early++
	}
}

// end reads an answer for how long to stay away: Retry-After, or a robot's number
// for too much, which means block.
func (l *limit) end(path string, rec *httptest.ResponseRecorder, block time.Duration) {
	seconds, err := strconv.Atoi(rec.Header().Get("Retry-After"))
	wait := time.Duration(seconds) * time.Second
	if err != nil {
		if !tooOften.Match(rec.Body.Bytes()) {
			return
		}
		wait = block
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused++
	l.until[path] = time.Now().Add(wait)
}

var tooOften = regexp.MustCompile(`"(?:errcode|code)":(?:45009|130101|11232)\b`)

var errDown = errors.New("connection refused")

// RoundTrip implements http.RoundTripper.
func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(req.Context())
	if trace != nil && trace.GetConn != nil {
		trace.GetConn(req.URL.Host)
	}
	select {
	case <-time.After(latency):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	down := w.down()
	if down == refusing {
		return nil, errDown
	}
	if trace != nil {
		trace.WroteHeaders()
		if trace.WroteRequest != nil {
			trace.WroteRequest(httptrace.WroteRequestInfo{})
		}
	}
	if down == silent {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	w.begin(req.URL.Path)
	in := req.Clone(req.Context())
	in.RequestURI = req.URL.RequestURI()
	rec := httptest.NewRecorder()
	w.to.ServeHTTP(rec, in)
	w.end(req.URL.Path, rec, w.block)
	if trace != nil && trace.GotFirstResponseByte != nil {
		trace.GotFirstResponseByte()
	}
	return rec.Result(), nil
}

// queue works jobs as the store's does: so many at a time, those due first, urgent
// ones before others, again when they ask for it.
type queue struct {
	t *testing.T
	d *alerting.Deliverer

	mu      sync.Mutex
	jobs    []job
	running int
	done    int
}

type job struct {
	id     string
	due    time.Time
	urgent bool
}

const (
	workers = 16
	poll    = 100 * time.Millisecond
)

// enqueue is alerting.DelivererOptions.Enqueue.
func (q *queue) enqueue(_ context.Context, _ store.Tx, jobs ...store.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range jobs {
		if j.At.IsZero() {
			j.At = time.Now()
		}
		q.jobs = append(q.jobs, job{j.ID, j.At, j.Urgent})
	}
	return nil
}

// run works until ctx ends.
func (q *queue) run(ctx context.Context) {
	var wg sync.WaitGroup
	for {
		for _, j := range q.take() {
			wg.Go(func() { q.work(ctx, j) })
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			wg.Wait()
			return
		}
	}
}

// take is what there are workers for of what is due.
func (q *queue) take() []job {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	var due []int
	for i, j := range q.jobs {
		if !j.due.After(now) {
			due = append(due, i)
		}
	}
	slices.SortStableFunc(due, func(a, b int) int {
		x, y := q.jobs[a], q.jobs[b]
		if x.urgent != y.urgent {
			if x.urgent {
				return -1
			}
			return 1
		}
		return x.due.Compare(y.due)
	})
	due = due[:min(len(due), workers-q.running)]
	out := make([]job, len(due))
	for i, at := range due {
		out[i] = q.jobs[at]
	}
	slices.Sort(due)
	for _, at := range slices.Backward(due) {
		q.jobs = slices.Delete(q.jobs, at, at+1)
	}
	q.running += len(out)
	return out
}

func (q *queue) work(ctx context.Context, j job) {
	out, err := q.d.Deliver(ctx, j.id)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	q.done++
	switch {
	case ctx.Err() != nil:
	case err != nil:
		if !errors.Is(err, alerting.ErrNoDelivery) { // a job whose transaction was rolled back
			q.t.Errorf("Deliver(%s): %v", j.id, err)
		}
	case out.Snooze > 0:
		j.due = time.Now().Add(out.Snooze)
		q.jobs = append(q.jobs, j)
	}
}
