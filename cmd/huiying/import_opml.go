package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"huiying/configs"
	"huiying/crawler/opml"
	"huiying/crawler/probe"
	"huiying/crawler/sitetext"
)

// isOPML tells a list of feeds from a sheet.
func isOPML(file string) bool {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".opml":
		return true
	case ".xml":
		return true // no sheet is XML
	}
	return false
}

// feeds turns an OPML list into entries of sources.yaml: printed, or appended to
// the file. Entries that cannot be sources are named on stderr and make the exit
// code 1.
func (c *importCmd) feeds(config *configs.Config, std *streams) (err error) {
	f, err := os.Open(filepath.Clean(c.File))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	list, err := opml.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(c.File), err)
	}
	s := newShelf(config.Sources)
	bad := 0
	var text bytes.Buffer
	entries := 0
	for _, feed := range list {
		entry, why := s.entry(feed)
		if why != "" {
			fmt.Fprintf(std.Err, "%s: %s\n", cmp.Or(probe.Short(feed.Title, 60), probe.Short(feed.URL, 60), "（无名）"), why)
			if why != already {
				bad++
			}
			continue
		}
		text.WriteString(entry)
		entries++
	}
	if entries == 0 {
		fmt.Fprintln(std.Err, "没有新的订阅可加。")
		return exitIf(bad > 0)
	}
	if !c.Write {
		fmt.Fprintf(std.Out, "%s", text.Bytes())
		fmt.Fprintf(std.Err, "%d 个订阅。看一遍渠道对不对, 再贴到 sources.yaml 末尾; 或加 --write 由程序写进去。\n", entries)
		return exitIf(bad > 0)
	}
	place := config.Files.Sources
	if !filepath.IsAbs(place) {
		place = filepath.Join(filepath.Dir(c.Config), place)
	}
	if err := appendSources(place, text.String(), std); err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: 加了 %d 个来源。请看一遍渠道对不对, 再运行 huiying check。\n", place, entries)
	return exitIf(bad > 0)
}

func exitIf(bad bool) error {
	if bad {
		return exitError{1}
	}
	return nil
}

// already is why a feed that stands in sources.yaml is left out; it is no fault.
const already = "sources.yaml 里已经有这个网址, 跳过"

// shelf knows what sources.yaml holds, so that nothing is named or read twice.
type shelf struct{ ids, names, urls map[string]bool }

func newShelf(sources []configs.Source) *shelf {
	s := &shelf{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, x := range sources {
		s.ids[x.ID], s.names[x.Name] = true, true
		for _, u := range x.Addresses() {
			if canonical, err := sitetext.CanonicalURL(u); err == nil {
				s.urls[canonical] = true
			}
		}
	}
	return s
}

// entry writes one feed as a source, or says in Chinese why it cannot be one.
func (s *shelf) entry(f opml.Feed) (text, why string) {
	u, err := url.Parse(f.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", "网址不能用: " + probe.Short(f.URL, 60) + "; 要以 http:// 或 https:// 开头"
	case u.User != nil:
		return "", "网址里带了用户名和密码, 不写进配置: 请去掉 @ 和它前面的部分"
	}
	canonical, err := sitetext.CanonicalURL(f.URL)
	if err != nil {
		return "", "网址不能用: " + probe.Short(f.URL, 60)
	}
	if s.urls[canonical] {
		return "", already
	}
	s.urls[canonical] = true
	name := free(s.names, cmp.Or(probe.Short(f.Title, 60), u.Hostname()), "（", "）")
	id := free(s.ids, probe.SourceID(u.Hostname()), "-", "")
	var b strings.Builder
	if len(f.Folders) > 0 {
		fmt.Fprintf(&b, "  # 文件夹 %s, 渠道是猜的\n", probe.Short(strings.Join(f.Folders, " / "), 60))
	} else {
		b.WriteString("  # 渠道是猜的\n")
	}
	fmt.Fprintf(&b, "  - id: %s\n    name: %s\n    channel: %s\n    kind: feed\n    url: %s\n", id, probe.YAMLText(name), probe.GuessChannel(clues(f)...), probe.YAMLText(f.URL))
	return b.String(), ""
}

// clues are what tells a feed's channel, the best first: its folders, the innermost
// before those around it, its name and its addresses.
func clues(f opml.Feed) []string {
	out := slices.Clone(f.Folders)
	slices.Reverse(out)
	return append(out, f.Title, f.URL, f.Site)
}

// free is a name that nobody has yet, numbered if need be.
func free(taken map[string]bool, name, before, after string) string {
	out := name
	for n := 2; taken[out]; n++ {
		out = name + before + strconv.Itoa(n) + after
	}
	taken[out] = true
	return out
}

// appendSources adds entries to the end of a sources.yaml, its comments and its
// layout untouched, if what comes out is right.
func appendSources(place, entries string, std *streams) error {
	place, err := filepath.EvalSymlinks(place)
	if err != nil {
		return err
	}
	before, err := os.ReadFile(place)
	if err != nil {
		return err
	}
	after := withEntries(string(before), entries)
	if _, err := configs.ParseSources(place, []byte(after)); err != nil {
		return fmt.Errorf("加进去以后不对, 没有改动 %s: %w", place, mistakes(err, std))
	}
	info, err := os.Stat(place)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(place), ".sources-*.yaml")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // Renamed away, or of no use.
	_, err = tmp.WriteString(after)
	err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), place)
}

// withEntries puts entries behind a file's own, indented as those are.
func withEntries(before, entries string) string {
	before = regexp.MustCompile(`(?m)^sources:[ \t]*\[[ \t]*\]`).ReplaceAllString(before, "sources:")
	if before != "" && !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	indent := "  "
	if m := regexp.MustCompile(`(?m)^( *)- `).FindStringSubmatch(before); m != nil {
		indent = m[1]
	}
	var b strings.Builder
	for line := range strings.Lines(entries) {
		b.WriteString(indent + strings.TrimPrefix(line, "  "))
	}
	return before + "\n" + b.String()
}
