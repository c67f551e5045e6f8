package app

import (
	"context"
	"fmt"

	"huiying/alerting"
	"huiying/internal/post"
	"huiying/internal/privacy"
	"huiying/internal/safetext"
	"huiying/internal/store"
)

// minLeak is how long a secret must be to be looked for in posts: a short password
// is a word that anybody may write.
const minLeak = 16

// emit hands posts to the pipeline without our own secrets.
func (a *App) emit(ctx context.Context, posts []post.Post) error {
	posts, err := a.withoutSecrets(ctx, posts)
	if err != nil {
		return err
	}
	return a.pipe.Emit(ctx, posts)
}

// withoutSecrets returns posts without our own secrets. Where one stands in a post
// the world has it: the operators are told to change it, and it goes no further,
// into no message and onto no page.
func (a *App) withoutSecrets(ctx context.Context, posts []post.Post) ([]post.Post, error) {
	posts, leaking := a.redactPosts(posts)
	if len(leaking) == 0 {
		return posts, nil
	}
	return posts, a.warnOfLeaks(ctx, leaking) // on an error the posts come again
}

// redactPosts returns copies of all posts without our secrets, and of those that
// held some.
func (a *App) redactPosts(posts []post.Post) (all, leaking []post.Post) {
	all = make([]post.Post, len(posts))
	for i, p := range posts {
		clean := p
		for _, text := range []*string{&clean.Title, &clean.Body, &clean.Origin, &clean.URL} {
			*text = a.postRedactor.Redact(*text)
		}
		if clean != p {
			leaking = append(leaking, clean)
		}
		all[i] = clean
	}
	return all, leaking
}

// warnOfLeaks tells the operators, once for each post.
func (a *App) warnOfLeaks(ctx context.Context, leaking []post.Post) error {
	now := a.o.Now()
	return a.db.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		for _, p := range leaking {
			shown, _ := privacy.Address(p.URL)
			a.o.Log.ErrorContext(ctx, "a secret of ours stands in a post: change it", "post", p.ID, "source", p.Source)
			_, err := a.outbox.Post(ctx, tx, alerting.Notice{
				ID: "W-leak-" + p.ID, Kind: alerting.KindWarning, CreatedAt: now,
				Content: alerting.Content{
					Headline: "【系统】帖子里有本系统的密钥，请立即更换",
					Summary:  "huiying.yaml 或 sources.yaml 里的一个密钥出现在外面的帖子里。本系统已把它涂掉，但别人可能已经看到：请在对应平台上更换密钥，再重启。",
					Fields:   []alerting.Field{{Name: "来源", Value: safetext.Excerpt(p.SourceName, 40)}, {Name: "帖子", Value: safetext.Excerpt(privacy.Mask(p.Title), 80)}},
					Link:     shown, LinkName: p.SourceName,
				},
			}, "")
			if err != nil {
				return fmt.Errorf("tell of a secret in post %s: %w", p.ID, err)
			}
		}
		return nil
	})
}
