package demo

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"

	"huiying/internal/verdict"
)

//go:embed story/*.yaml
var storyFiles embed.FS

// Chapter is one step of the story.
type Chapter struct {
	Title string `yaml:"title"`
	Text  string `yaml:"text"`
}

// Post is one fictional post as the story tells it.
type Post struct {
	// ID is the site's id, a dash and a number.
	ID   string `yaml:"id"`
	Site string `yaml:"site"`
	// Chapter is the one in which the post appears, from 1.
	Chapter int `yaml:"chapter"`
	// MinutesAgo is how long before the site's start the post claims to be
	// published. The e-paper prints its issue's date instead.
	MinutesAgo int `yaml:"minutes_ago"`
	// Origin is the medium the page names as its source (来源).
	Origin string `yaml:"origin"`
	// Title and Body may use {{clock n}} and {{date n}}: the time of day and the
	// day n minutes before the start. A line of Body is one paragraph.
	Title string `yaml:"title"`
	Body  string `yaml:"body"`
	// Changes are later versions of the same page, in the order of chapters.
	Changes []Change `yaml:"changes"`
	// Expect is what huiying should make of the post when it appears.
	Expect Expect `yaml:"expect"`
}

// Change is a later version of a post's text.
type Change struct {
	Chapter int    `yaml:"chapter"`
	Title   string `yaml:"title"`
	Body    string `yaml:"body"`
	Expect  Expect `yaml:"expect"`
}

// Expect is what should become of a post, for the acceptance test to compare
// with what the pipeline really did.
type Expect struct {
	// Handling is how the post is handled in the end.
	Handling verdict.Handling `yaml:"handling"`
	// Rules is what the rules alone say where that differs, because the post is
	// backlog or stale.
	Rules    verdict.Handling `yaml:"rules"`
	Category verdict.Category `yaml:"category"`
	Grade    verdict.Grade    `yaml:"grade"`
	// Section is one of those the post must reach, besides the office.
	Section string `yaml:"section"`
	Tag     string `yaml:"tag"`
	// Joins is the id of the post whose event this one joins.
	Joins string `yaml:"joins"`
	// Update says that this version sends the event's one update.
	Update bool `yaml:"update"`
	// Why is the reason in Chinese, for a person.
	Why string `yaml:"why"`
}

// ByRules is what the rules alone should say.
func (e Expect) ByRules() verdict.Handling {
	if e.Rules != "" {
		return e.Rules
	}
	return e.Handling
}

// Story is the whole of what the five sites publish.
type Story struct {
	Chapters []Chapter
	Posts    []Post
}

// LoadStory reads the bundled story. An error means that a story file is wrong
// and names it.
func LoadStory() (*Story, error) {
	names, err := fs.Glob(storyFiles, "story/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list story files: %w", err)
	}
	story := &Story{}
	for _, name := range names {
		raw, err := storyFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if path.Base(name) == "0-chapters.yaml" {
			if err := yaml.UnmarshalWithOptions(raw, &story.Chapters, yaml.Strict()); err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			continue
		}
		var posts []Post
		if err := yaml.UnmarshalWithOptions(raw, &posts, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		story.Posts = append(story.Posts, posts...)
	}
	return story, story.check()
}

// check finds what would make the story contradict itself.
func (s *Story) check() error {
	var errs []error
	byID := map[string]bool{}
	for _, p := range s.Posts {
		if byID[p.ID] {
			errs = append(errs, fmt.Errorf("post %s: the id occurs twice", p.ID))
		}
		byID[p.ID] = true
	}
	for _, p := range s.Posts {
		if !strings.HasPrefix(p.ID, p.Site+"-") {
			errs = append(errs, fmt.Errorf("post %s: the id must start with its site %q", p.ID, p.Site))
		}
		if p.Chapter < 1 || p.Chapter > len(s.Chapters) {
			errs = append(errs, fmt.Errorf("post %s: chapter must be 1 to %d, got %d", p.ID, len(s.Chapters), p.Chapter))
		}
		if p.Expect.Joins != "" && !byID[p.Expect.Joins] {
			errs = append(errs, fmt.Errorf("post %s: joins %s, which is not in the story", p.ID, p.Expect.Joins))
		}
		last := p.Chapter
		for _, c := range p.Changes {
			if c.Chapter <= last || c.Chapter > len(s.Chapters) {
				errs = append(errs, fmt.Errorf("post %s: changes must come in later chapters up to %d, got %d", p.ID, len(s.Chapters), c.Chapter))
			}
			last = c.Chapter
		}
	}
	return errors.Join(errs...)
}

// version is one post as it stands in one chapter, with its times filled in.
type version struct {
	Post
	// Key is the post's number on its site, used in its address.
	Key string
	// At is when it claims to be published, in +08:00.
	At time.Time
	// Changed is the chapter of this version.
	Changed int
	// Paragraphs is Body, split at line ends.
	Paragraphs []string
	// Text is Body on one line.
	Text string
}

// pages returns what a site shows in a chapter, newest first, with the times
// counted back from start.
func (s *Story) pages(site string, chapter int, start time.Time) ([]version, error) {
	var out []version
	for _, p := range slices.Backward(s.Posts) {
		if p.Site != site || p.Chapter > chapter {
			continue
		}
		pg, err := p.at(chapter, start)
		if err != nil {
			return nil, err
		}
		out = append(out, pg)
	}
	return out, nil
}

// at is the post as it stands in a chapter.
func (p Post) at(chapter int, start time.Time) (version, error) {
	pg := version{Post: p, Changed: p.Chapter, At: start.Add(-time.Duration(p.MinutesAgo) * time.Minute)}
	_, pg.Key, _ = strings.Cut(p.ID, "-")
	for _, c := range p.Changes {
		if c.Chapter <= chapter {
			pg.Title, pg.Body, pg.Expect, pg.Changed = c.Title, c.Body, c.Expect, c.Chapter
		}
	}
	var err error
	if pg.Title, err = fill(p.ID, pg.Title, start); err != nil {
		return version{}, err
	}
	if pg.Body, err = fill(p.ID, pg.Body, start); err != nil {
		return version{}, err
	}
	for line := range strings.Lines(pg.Body) {
		if line = strings.TrimSpace(line); line != "" {
			pg.Paragraphs = append(pg.Paragraphs, line)
		}
	}
	pg.Text = strings.Join(pg.Paragraphs, "")
	return pg, nil
}

// fill puts the times of the story into a text.
func fill(id, text string, start time.Time) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	ago := func(minutes int) time.Time { return start.Add(-time.Duration(minutes) * time.Minute) }
	tmpl, err := template.New(id).Funcs(template.FuncMap{
		"clock": func(minutes int) string { return ago(minutes).Format("15时04分") },
		"date":  func(minutes int) string { return ago(minutes).Format("1月2日") },
	}).Parse(text)
	if err != nil {
		return "", fmt.Errorf("text of post %s: %w", id, err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, nil); err != nil {
		return "", fmt.Errorf("text of post %s: %w", id, err)
	}
	return b.String(), nil
}
