# Each of these installs what it needs and is missing. What they do is in scripts/.
.PHONY: demo test bench lint page

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

bench:
	@scripts/bench.sh

lint:
	@scripts/lint.sh

page:
	@scripts/page.sh
