# Every target sets up what it needs in .venv. `make demo` and `make test` need only Python and small packages.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/

.PHONY: demo test oracle documents notebooks formulas lint bench fuzz clean

$(VENV)/made-%: pyproject.toml
	test -x $(RUN)python || $(PYTHON) -m venv $(VENV)
	$(RUN)python -m pip install --quiet --disable-pip-version-check -e '.[$*]'
	touch $@

demo: $(VENV)/made-test          ## derive, typeset and validate a strided convolution
	$(RUN)symconv derive conv2d --stride s --notation default
	$(RUN)symconv derive conv2d --stride s --standalone --output demo.tex --force
	$(RUN)symconv validate conv2d --stride s

test: $(VENV)/made-test          ## the complete tests that need nothing but Python
	$(RUN)python -m pytest -q

oracle: $(VENV)/made-oracle      ## compare with PyTorch and the other outside judges
	$(RUN)python -m pytest -q -m oracle tests

documents: $(VENV)/made-test tools/katex/node_modules  ## compile with pdfTeX, parse with KaTeX
	$(RUN)python -m pytest -q -m documents tests

tools/katex/node_modules: tools/katex/package.json
	npm install --prefix tools/katex --no-audit --no-fund --loglevel=error
	touch $@

notebooks: $(VENV)/made-notebook ## execute the notebooks
	$(RUN)python -m pytest -q -m notebooks tests

formulas: $(VENV)/made-test      ## published formulas against their truth, from ../shared/formulas
	$(RUN)python -m tools.formulas

lint: $(VENV)/made-lint          ## style, types, layers
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python tools/file_lengths.py

bench: $(VENV)/made-bench        ## ratios against the named peers
	$(RUN)python -m benchmarks.derive
	$(RUN)python -m benchmarks.explicit
	$(RUN)python -m benchmarks.verify

N    ?= 10000
SEED ?= 0
fuzz: $(VENV)/made-test          ## hostile formulas against verify: no crash, no hang, memory bounded
	$(RUN)python -m tools.fuzz --number $(N) --seed $(SEED)

clean:
	rm -rf $(VENV) demo.tex tools/katex/node_modules
