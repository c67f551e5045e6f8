# Every command a person needs. `make demo` and `make test` do all the set-up.
GO            ?= go
BIN           := bin
LINT_VERSION  := v2.15.0
GOLANGCI_LINT := $(abspath $(BIN))/tools/golangci-lint-$(LINT_VERSION)
FUZZTIME      ?= 30s
export CGO_ENABLED := 1

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: $(BIN)/dict ## Build bin/huiying with its dictionaries beside it
	$(GO) build -o $(BIN)/huiying ./cmd/huiying

# gojieba reads its dictionaries at run time: they travel with the binary.
$(BIN)/dict: go.mod
	@mkdir -p $(BIN)
	$(GO) mod download github.com/yanyiwu/gojieba
	rm -rf $@ && cp -r "$$($(GO) list -m -f '{{.Dir}}' github.com/yanyiwu/gojieba)/deps/cppjieba/dict" $@
	chmod -R u+w $@

.PHONY: demo
demo: build ## Watch a bundled town for a minute: alerts here, the page on 127.0.0.1:8420
	$(BIN)/huiying demo

.PHONY: servers
servers:
	@scripts/servers.sh

# What starts no goroutine and shares nothing cannot race: a test in test/ holds the
# list to that. The commands run as programs of their own.
UNRACED := test|cmd/huiying|configs|digest|classifier/(casualty|scan|text)|crawler/(extract|opml|sitetext)|event/(gram|place|samematter|similar)|internal/(rulebook/rulefile|zh)
# Tests that measure time, or take minutes under the race detector, in packages that can race.
UNRACED_TESTS := ^(TestHostileTexts|TestDayIsReadByHabit)$$
LIST = $$($(GO) list ./... | grep $(1) '^huiying/($(UNRACED))(/|$$)')

.PHONY: test
test: servers ## Run each test once, with a real redis-server and PostgreSQL; under the race detector where there is something to race
	$(GO) test $(call LIST,-E)
	$(GO) test -race -short $(call LIST,-vE)
	$(GO) test -run '$(UNRACED_TESTS)' ./classifier ./crawler/schedule
	$(GO) -C bench test ./...

# What takes longer than a person waits who has changed a line.
SLOW := alerting/slack|cmd/|internal/(app|rulebook|store)|pipeline|response|test

.PHONY: check
check: lint ## Lint, and the quick tests: a minute, before each commit
	$(GO) test -short $$($(GO) list ./... | grep -vE '^huiying/($(SLOW))')

.PHONY: long
long: servers ## Run all tests in their full form, then once more on another day; more than half an hour
	$(GO) test -count=1 -timeout 60m ./...
	scripts/otherday.sh +8 $(MAKE) test

.PHONY: reload
reload: ## Change the rules every second for a minute while posts flow
	$(GO) test ./internal/app -run TestReloadUnderLoad -v -loadfor 1m

.PHONY: day
day: ## Simulate ten days of reading 200 sources and hold them to the schedule; minutes
	$(GO) test ./crawler/schedule -run TestDay -v -timeout 60m -args -day.sources 200 -day.learn 9

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME each; FUZZTIME="5s FuzzMask=1m" gives one a time of its own
	@scripts/fuzz.sh $(FUZZTIME)

$(GOLANGCI_LINT):
	GOBIN=$(@D) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv $(@D)/golangci-lint $@

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Check style, arrows between packages, formatting, and that the lists of modules are tidy
	$(GO) vet ./...
	$(GO) -C bench vet ./...
	$(GOLANGCI_LINT) run ./...
	cd bench && $(GOLANGCI_LINT) run -c ../.golangci.yml ./...
	$(GO) mod tidy -diff
	$(GO) -C bench mod tidy -diff

.PHONY: eval
eval: $(BIN)/dict
	$(GO) build -o $(BIN)/huiying-eval ./cmd/huiying-eval

.PHONY: quality
quality: eval ## Measure the rules on judged posts: POSTS=FILE, else the project's own sets
	$(BIN)/huiying-eval posts $(or $(POSTS),$(wildcard configs/testdata/quality/*.jsonl))

.PHONY: extract-quality
extract-quality: eval ## Measure what is read from saved pages: PAGES=FOLDER, else the project's own
	$(BIN)/huiying-eval extract $(or $(PAGES),crawler/extract/testdata/layouts crawler/extract/testdata/second)

.PHONY: quality-joins
quality-joins: eval ## Measure how surely reposts are joined: TEXTS=FILES of real texts, JSON lines
	$(BIN)/huiying-eval joins $(or $(TEXTS),$(wildcard ../shared/data/text/*.jsonl.gz ../shared/data/neardup/sohu*.jsonl))
	$(GO) test -count=1 -run 'TestSameMatter|TestClusters' -v ./event/... | grep -v '^=== '

.PHONY: bench-index
bench-index: ## Fill the index of reposts with a million posts on one core: posts/cpu-s and heap-B/post
	$(GO) test -run '^$$' -bench BenchmarkIndex -benchtime 100000x -cpu 1 ./event/similar -full

.PHONY: bench
bench: ## Run every benchmark, in benchstat's format; end with a line a figure: ratio NAME VALUE
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) -C bench test -run '^$$' -bench . -benchmem ./...
	@mkdir -p $(BIN); rm -f bench.log; trap 'rm -f bench.log' EXIT; \
	{ $(GO) test -count=1 -run '^TestRatios$$' -v ./crawler/extract ./event/similar -args -ratios && \
	  $(GO) test -count=1 -run '^TestRatios$$' -v ./classifier -args -ratios -contest $(abspath $(BIN))/contest.json && \
	  $(GO) -C bench test -count=1 -v ./... -args -ratios -contest $(abspath $(BIN))/contest.json; \
	} >bench.log || { cat bench.log; exit 1; }; grep '^ratio ' bench.log

.PHONY: faults
faults: ## Try every bad input at one daemon while 50 good sources must be on time
	$(GO) test ./test/fault -count=1 -v -run TestBadInputs

.PHONY: killbench
killbench: ## Kill the program 200 times at random and 10 times at each named point over 10,000 posts; ends with what was lost
	@$(GO) test ./test -count=1 -v -timeout 90m -run '^TestKilledNothingIsLost$$' \
		-args -kills 200 -kills.point 10 -kills.posts 10000 >killbench.log || { cat killbench.log; exit 1; }
	@sed -n 's/^.*kill_test.go:[0-9]*: \(robot: \)\?lost=/\1lost=/p' killbench.log; rm -f killbench.log

.PHONY: redisfaults
redisfaults: ## Break Redis in every way while 10,000 posts flow, down and hung for ten minutes too; ends with what was lost
	@$(GO) test ./test/redisfault -count=1 -v -parallel 2 -timeout 120m -args -full -posts 10000 >redisfaults.log || { cat redisfaults.log; exit 1; }
	@$(GO) test ./test/redisfault -count=1 -v -timeout 60m -run '^(TestRefused|TestHung)$$' -args -full -posts 6000 -pause 200ms >>redisfaults.log || { cat redisfaults.log; exit 1; }
	@$(GO) test ./pipeline/reposts -count=1 -v -run '^TestFilledFromTheDatabase$$' -args -posts 100000 >>redisfaults.log || { cat redisfaults.log; exit 1; }
	@sed -n 's/^.*_test.go:[0-9]*: \(redis-\)/\1/p' redisfaults.log; rm -f redisfaults.log

.PHONY: rate
rate: ## Let 2,000 alerts come in ten seconds on platforms that keep their limits, on a clock of its own; ends with what was told
	@$(GO) test ./test/rate -count=1 -v -timeout 30m -run '^TestRate$$' -args -alerts 2000 >rate.log || { cat rate.log; exit 1; }
	@sed -n 's/^.*rate_test.go:[0-9]*: rate /rate /p' rate.log; rm -f rate.log

.PHONY: orders
orders: ## Send 1,000 posts in 50 orders through a house that dies all the time: the same matters, one case each
	$(GO) test ./pipeline -count=1 -v -timeout 60m -run TestMattersDoNotDependOnTheOrder -args -orders 50 -orders.posts 1000

.PHONY: secrets
secrets: ## Look for every secret in all that a run among spiteful platforms leaves behind; minutes
	$(GO) test ./test -count=1 -v -timeout 30m -run '^TestNothingSecretIsTold$$' -args -secrets.long

.PHONY: selfwatch
selfwatch: ## Stop every stage in turn on both databases: is it told in time, once, another way
	$(GO) test ./internal/app -count=1 -v -run TestStoppedStages -args -audit.full

.PHONY: load
load: ## Read 1,000 sources of 20 new items, again unchanged, again with one more; beside plain colly and gofeed
	$(GO) test ./test/load -count=1 -v -sources 1000 -items 20

.PHONY: pictures
pictures: ## Draw an alert and a summary as Slack, WeCom, DingTalk, Feishu and mail show it, into docs/pictures
	$(GO) test ./test/pictures -count=1 -run Pictures -args -pictures.into $(CURDIR)/docs/pictures

.PHONY: upgrade-data
upgrade-data: ## Keep the databases of a release for tests of upgrades: VERSION=v0.1.0
	$(GO) test ./test -count=1 -run '^TestUpgradeData$$' -args -upgrade.data $(VERSION)

.PHONY: release-notes
release-notes: ## Join changelog/unreleased into a section of CHANGELOG.md: VERSION=v0.2.0
	@scripts/release-notes.sh $(VERSION)

.PHONY: generate
generate: ## Write what is generated: the JSON schemas of the configuration
	$(GO) generate ./...
