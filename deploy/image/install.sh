#!/bin/sh
# The steps of the image, one after the other, in the order in which the Dockerfile runs them. Each is a word:
#
#   install.sh packages SOURCE PREFIX    an environment in PREFIX with what Vitrine runs on, without CUDA's packages
#   install.sh vitrine SOURCE PREFIX     Vitrine itself into it, from the files in SOURCE
#   install.sh slim PREFIX               away with what no run reads: tests of packages, headers; the rest compiled
#
# TORCH_INDEX: where torch and torchvision come from; its makers' index without CUDA by default, "" for the usual one.
set -eu

torch_index=${TORCH_INDEX-https://download.pytorch.org/whl/cpu}
pip="python -m pip --disable-pip-version-check install --no-cache-dir --no-compile"

packages() {
    python3 -m venv "$2"
    # torch first and from its own index, so that what comes after finds it there and asks for no other
    grep -E '^(torch|torchvision)==' "$1/requirements.txt" > "$2/torch.txt"
    "$2/bin/"$pip ${torch_index:+--index-url "$torch_index"} -r "$2/torch.txt"
    "$2/bin/"$pip -r "$1/requirements.txt" "setuptools>=77"  # by which Vitrine is built
}

vitrine() {
    "$2/bin/"$pip --no-deps --no-build-isolation "$1"
}

slim() {
    lib=$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    find "$lib" -type d -name tests -prune -exec rm -rf {} +
    rm -rf "$lib/torch/include" "$lib/torch/share" "$lib/torch/test" "$lib/torch/bin/protoc"*
    find "$lib" -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.h' -o -name '*.hpp' -o -name '*.a' \) -delete
    # compiled here, for what runs may write nothing beside the modules; not the hundreds of networks that nobody asks for.
    # Some packages hold templates that are no Python, which is no failure.
    "$1/bin/python" -m compileall -q -j 0 -x 'transformers/models' "$lib" || true
}

step=$1
shift
"$step" "$@"
