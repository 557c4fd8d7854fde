#!/bin/sh
# environment.sh VENV [PYTHON]         makes VENV from requirements.lock, with sigae in it
# environment.sh VENV PYTHON FILE      makes VENV from FILE, without sigae
# environment.sh --lock [PYTHON]       makes requirements.lock from pyproject.toml
set -eu

fail() {
    echo "error: $1" >&2
    exit 1
}

is_python311() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null
}

target=$1
wanted=${2:-}
packages=${3:-requirements.lock}
if [ -n "$wanted" ]; then
    is_python311 "$wanted" || fail "PYTHON=$wanted is not a Python 3.11: give the path of one, or leave PYTHON out."
    python=$wanted
else
    python=
    for candidate in python3.11 python3 python; do
        if is_python311 "$candidate"; then
            python=$candidate
            break
        fi
    done
    [ -n "$python" ] || fail "no Python 3.11 was found: install it, or name it with PYTHON=/path/to/python3.11."
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python has no venv module: install it (on Debian: apt-get install python3.11-venv)."

if [ "$target" = --lock ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    "$python" -m venv "$folder/venv"
    "$folder/venv/bin/python" -m pip install -qq '.[book,test,bench]' 'setuptools>=77'
    { sed -n '/^#/p' requirements.lock
      "$folder/venv/bin/python" -m pip freeze --all --exclude sigae --exclude pip | sed 's/+cpu$//' | sort -f
    } > "$folder/lock"
    mv "$folder/lock" requirements.lock
    exit
fi

rm -f "$target/.ready"
if [ -x "$target/bin/python" ] && ! is_python311 "$target/bin/python"; then
    rm -rf "$target"
fi
[ -x "$target/bin/python" ] || { echo "Making $target with $("$python" --version) ..."; "$python" -m venv "$target"; }
echo "Installing the locked packages into $target ..."
"$target/bin/python" -m pip install -qq -r "$packages" ||
    fail "the locked packages could not be installed: the lines above say which, and why."
if [ "$packages" = requirements.lock ]; then
    "$target/bin/python" -m pip install -qq --no-deps --no-build-isolation -e . ||
        fail "sigae could not be installed into $target: the lines above say why."
fi
touch "$target/.ready"
