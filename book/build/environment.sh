#!/bin/sh
# environment.sh VENV [PYTHON]         makes VENV from requirements.lock, with sigae in it
# environment.sh VENV PYTHON FILE      makes VENV from FILE, without sigae
# environment.sh --add VENV FILE       installs what FILE lists into VENV too
# environment.sh --lock [PYTHON]       makes requirements.lock, and jupyter.txt beside it, from pyproject.toml
#
# VENV/.ready is written last and holds where VENV is: without it, or elsewhere, an environment is not trusted but made anew.
set -eu

SUPPORTED="3.14 3.13 3.12 3.11" # newest first

# What would make pip install elsewhere, or not at all, and Python import other code.
unset PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_DRY_RUN PIP_PYTHON PYTHONPATH PYTHONHOME PYTHONSAFEPATH

fail() {
    echo "error: $1" >&2
    exit 1
}

# Prints the version of a Python that the project supports; fails for anything else.
supported() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    case " $SUPPORTED " in *" $version "*) echo "$version" ;; *) return 1 ;; esac
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# Runs a command that is silent when it succeeds; where it fails, shows its last lines, and says what to do.
attempt() {
    what=$1
    shift
    said=$("$@" 2>&1) && return
    printf '%s\n' "$said" | tail -n 20 >&2
    fail "$what: the lines above say why; without a network or space on the disk (2 GB), mend that and run make again."
}

if [ "$1" = --add ]; then
    attempt "what $3 lists could not be installed" "$2/bin/python" -m pip install -q -r "$3"
    exit
fi

case $(pwd -P) in *'$'*) fail "setuptools installs nothing in a folder with \$ in its path: move $(pwd -P), then run make again." ;; esac
target=$1
wanted=${2:-}
packages=${3:-requirements.lock}
if [ -n "$wanted" ]; then
    supported "$wanted" >/dev/null ||
        fail "PYTHON=$wanted is none of Python $SUPPORTED: give the path of one, or leave PYTHON out."
    python=$wanted
else
    python=
    incomplete=
    for candidate in $(printf 'python%s ' $SUPPORTED) python3 python; do
        supported "$candidate" >/dev/null || continue
        if can_make_environments "$candidate"; then
            python=$candidate
            break
        fi
        incomplete=${incomplete:-$candidate}
    done
    python=${python:-$incomplete}
    [ -n "$python" ] || fail "none of Python $SUPPORTED was found: install one, or name it with PYTHON=/path/to/python."
fi
can_make_environments "$python" ||
    fail "$python has no venv module: install it (on Debian: apt-get install python$(supported "$python")-venv)."

if [ "$target" = --lock ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    attempt "uv could not be installed" "$python" -m venv "$folder/venv"
    attempt "uv could not be installed" "$folder/venv/bin/python" -m pip install -q uv
    resolve() {
        attempt "the packages could not be resolved" "$folder/venv/bin/uv" pip compile --quiet --universal \
            --python-version "${SUPPORTED##* }" --no-annotate --no-header -o "$@"
    }
    echo 'setuptools>=77' > "$folder/build"
    resolve "$folder/lock" --extra book --extra test --extra bench --extra cluster pyproject.toml "$folder/build"
    resolve "$folder/jupyter" --extra jupyter --constraint "$folder/lock" pyproject.toml
    # On Linux torch asks for the CUDA libraries that belong to it, where it is not a build for processors alone.
    for file in lock jupyter; do sed -i.all '/^nvidia-/d; /^cuda-/d; /^triton==/d' "$folder/$file"; done
    { sed -n '/^#/p' requirements.lock; cat "$folder/lock"; } > "$folder/lock.new"
    { sed -n '/^#/p' book/build/jupyter.txt; grep -vxFf "$folder/lock" "$folder/jupyter"; } > "$folder/jupyter.new"
    mv "$folder/lock.new" requirements.lock
    mv "$folder/jupyter.new" book/build/jupyter.txt
    exit
fi

here=$(pwd -P)/$target
if [ -e "$target/.ready" ] && [ "$(cat "$target/.ready")" = "$here" ] && found=$(supported "$target/bin/python") &&
    "$target/bin/python" -m pip --version >/dev/null 2>&1 && { [ -z "$wanted" ] || [ "$found" = "$(supported "$wanted")" ]; }
then
    [ -n "$(find "$packages" pyproject.toml -newer "$target/.ready")" ] || exit 0
    rm -f "$target/.ready" # until the end, so that a renewal that is interrupted is not taken for whole
else
    if [ -e "$target" ] || [ -L "$target" ]; then
        echo "$target is incomplete, or was made elsewhere or by another Python: it is made anew."
        rm -rf "$target" || fail "$target cannot be removed: remove it by hand, then run make again."
    fi
    echo "Making $target with $("$python" --version) ..."
    # In two steps: venv alone would keep to itself why pip could not be put in.
    attempt "$target could not be made" "$python" -m venv --without-pip "$target"
    attempt "$target could not be made" "$target/bin/python" -m ensurepip --default-pip
fi
echo "Installing the locked packages into $target ..."
# uv takes seconds for what takes pip half a minute. What it leaves, or all of it where uv fails, pip installs as its
# settings say: torch always, of which there are several builds.
uv=$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' "$packages")
[ -z "$uv" ] || {
    sed '/^torch==/d' "$packages" > "$target/all-but-torch.txt"
    "$target/bin/python" -m pip install -q "$uv" && UV_HTTP_TIMEOUT=10 UV_HTTP_RETRIES=0 "$target/bin/python" -m uv \
        pip install -q --python "$target/bin/python" --no-deps -r "$target/all-but-torch.txt"
} >/dev/null 2>&1 || true
# What is imported is compiled then; to compile all would take half of the time.
attempt "the locked packages could not be installed" "$target/bin/python" -m pip install -q --no-compile -r "$packages"
first=$(sed -n 's/^\([A-Za-z0-9._-]*\)==[^;]*$/\1/p' "$packages" | head -n 1)
[ -z "$first" ] || "$target/bin/python" -m pip show -q "$first" 2>/dev/null ||
    fail "pip put nothing into $target: take target, prefix, root or dry-run out of its settings (pip config list), then run make again."
if [ "$packages" = requirements.lock ]; then
    attempt "sigae could not be installed" \
        "$target/bin/python" -m pip install -q --no-deps --no-build-isolation -e .
    # What makes the book is in no wheel: a path file lets notebooks and worker processes import it from here.
    pwd -P > "$(echo "$target"/lib/python*/site-packages)/book.pth"
fi
{ echo "$here" > "$target/.ready"; } 2>/dev/null || { rm -f "$target/.ready"; fail "the disk is full: free some space, then run make again."; }
