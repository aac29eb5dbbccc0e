# Clones, checks and watches a repository while the host edits it: git.sh ROUNDS
set -eu
git config --global user.name n
git config --global user.email e@example.com
git config --global --add safe.directory '*'
git clone -q --no-local big.git clone
git -C clone fsck --full --strict 2>&1
[ -z "$(git -C clone status --porcelain)" ]
echo cloned
read -r _ # the host has begun to write in the ignored directory, and goes on
i=0
while [ $i -lt "$1" ]; do
    state=$(git -C clone status --porcelain)
    [ -z "$state" ] || { echo "status in round $i: $state"; exit 1; }
    i=$((i + 1))
done
echo watched
read -r _ # the host has changed a file, deleted one and added one
git -C clone status --porcelain
read -r _ # and has taken all that back
[ -z "$(git -C clone status --porcelain)" ]
cd clone
git checkout -q -b work
echo change > "$(git ls-files | head -n 1)"
git commit -qam change
git gc -q
git fsck --full --strict 2>&1
git checkout -q main
[ -z "$(git status --porcelain)" ]
echo done
