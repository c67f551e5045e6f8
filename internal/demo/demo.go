// Package demo is a small town's worth of public talk: five fictional sites on
// loopback that tell one story in chapters, the configuration that watches
// them, and a narrator for the terminal. Nothing in it reaches into huiying: the
// sites are read over HTTP like any other.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"time"

	"huiying/internal/zh"
)

// Options configures a Site.
type Options struct {
	// Start is the moment from which the story counts its times back. Required.
	Start time.Time
	// Port is the first of five loopback ports to listen on, one a site, since each
	// must be a host of its own; where one is taken, any free port does. Defaults
	// to any free ports.
	Port int
	// State is a file that keeps start, ports and chapter, so that a later run
	// finds the same sites at the same addresses with the story where it was
	// left. Defaults to none.
	State string
}

// Place is one of the five sites.
type Place struct {
	// ID is the site's id in the story and the source's id in sources.yaml.
	ID string
	// Name is what people call it.
	Name string
	// Kind says in a few Chinese words what it is made of.
	Kind string
	// URL is the address it listens on, without a path.
	URL string
	// Entrance is the path that a source reads; a date in braces stands for today's.
	Entrance string
}

// Site serves the five sites.
type Site struct {
	story  *Story
	start  time.Time
	state  string
	places []Place

	servers []*http.Server
	serving sync.WaitGroup

	mu      sync.Mutex
	chapter int
}

// places are the sites in the order of the story.
func newPlaces() []Place {
	return []Place{
		{ID: "portal", Name: "市政府网站", Kind: "GBK 网页", Entrance: "/col/nyxx/index.html"},
		{ID: "news", Name: "漳河新闻网", Kind: "RSS 2.0", Entrance: "/rss.xml"},
		{ID: "board", Name: "网络问政", Kind: "JSON 接口", Entrance: "/api/questions"},
		{ID: "weibo", Name: "微博话题", Kind: "JSON 时间线", Entrance: "/api/container/getIndex"},
		{ID: "paper", Name: "漳河晚报", Kind: "电子报", Entrance: "/html/{2006-01/02}/node_1.htm"},
	}
}

// saved is what the state file holds.
type saved struct {
	Start   time.Time         `json:"start"`
	Chapter int               `json:"chapter"`
	Addrs   map[string]string `json:"addrs"`
}

// New opens the five sites and serves them until Close. The story stands at
// its first chapter, or where the state file says it was left.
func New(ctx context.Context, o Options) (*Site, error) {
	if o.Start.IsZero() {
		return nil, errors.New("open the demo's sites: Start is missing; pass the present time")
	}
	story, err := LoadStory()
	if err != nil {
		return nil, fmt.Errorf("open the demo's sites: %w", err)
	}
	s := &Site{
		story: story, start: o.Start.In(zh.Beijing()).Truncate(time.Second), state: o.State,
		places: newPlaces(), chapter: 1,
	}
	kept, err := s.recall()
	if err != nil {
		return nil, err
	}
	for i := range s.places {
		ln, err := listen(ctx, kept.Addrs[s.places[i].ID], o.Port, i)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open the demo's %s: %w", s.places[i].ID, err), s.Close(ctx))
		}
		s.serve(&s.places[i], ln)
	}
	return s, s.remember()
}

// recall reads the state file, where there is one.
func (s *Site) recall() (saved, error) {
	if s.state == "" {
		return saved{}, nil
	}
	raw, err := os.ReadFile(s.state)
	if errors.Is(err, fs.ErrNotExist) {
		return saved{}, nil
	}
	if err != nil {
		return saved{}, fmt.Errorf("open the demo's sites: %w", err)
	}
	var kept saved
	if err := json.Unmarshal(raw, &kept); err != nil || kept.Start.IsZero() || kept.Chapter < 1 || kept.Chapter > s.Chapters() {
		return saved{}, fmt.Errorf("open the demo's sites: %s is damaged; delete its directory, or pass another --data, to tell the story anew", s.state)
	}
	s.start, s.chapter = kept.Start.In(zh.Beijing()), kept.Chapter
	return kept, nil
}

// remember writes the state file, where there is one.
func (s *Site) remember() error {
	if s.state == "" {
		return nil
	}
	kept := saved{Start: s.start, Chapter: s.Chapter(), Addrs: map[string]string{}}
	for _, p := range s.places {
		kept.Addrs[p.ID] = p.URL[len("http://"):]
	}
	raw, err := json.MarshalIndent(kept, "", "  ")
	if err == nil {
		err = os.WriteFile(s.state, append(raw, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the demo's state: %w", err)
	}
	return nil
}

// listen opens the nth site's port: the kept one, else the nth after first, else
// any that is free.
func listen(ctx context.Context, kept string, first, n int) (net.Listener, error) {
	var lc net.ListenConfig
	if kept != "" {
		addr, err := netip.ParseAddrPort(kept)
		if err != nil || !addr.Addr().IsLoopback() {
			return nil, fmt.Errorf("the kept address %q is none of loopback; delete the demo's data to tell the story anew", kept)
		}
		ln, err := lc.Listen(ctx, "tcp", kept)
		if err != nil {
			return nil, fmt.Errorf("%w; its posts are known by this address: end what listens there, or take another --data", err)
		}
		return ln, nil
	}
	if first > 0 {
		if ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", first+n)); err == nil {
			return ln, nil
		}
	}
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

// serve serves one site until Close.
func (s *Site) serve(p *Place, ln net.Listener) {
	p.URL = "http://" + ln.Addr().String()
	srv := &http.Server{Handler: s.routes(*p), ReadHeaderTimeout: 5 * time.Second}
	s.servers = append(s.servers, srv)
	s.serving.Go(func() { _ = srv.Serve(ln) })
}

// Close ends serving. It waits for running requests until ctx ends.
func (s *Site) Close(ctx context.Context) error {
	var errs []error
	for _, srv := range s.servers {
		if err := srv.Shutdown(ctx); err != nil {
			errs = append(errs, err, srv.Close())
		}
	}
	s.serving.Wait()
	return errors.Join(errs...)
}

// Places lists the five sites.
func (s *Site) Places() []Place { return append([]Place(nil), s.places...) }

// Story is what the sites tell.
func (s *Site) Story() *Story { return s.story }

// Start is the moment from which the story counts its times back.
func (s *Site) Start() time.Time { return s.start }
