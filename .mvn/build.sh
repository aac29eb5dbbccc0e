# Sourced by ./jsbx when its last build is out of date. Two first uses at once do one build.

# Maven's log, shortened to a line per module.
progress() {
    while IFS= read -r line; do
        case $line in
            '[INFO] Building jsbx '[a-z]*' ['*'/'*']')
                step=${line##*[} module=${line#'[INFO] Building jsbx '}
                say "building ${module%% *} (${step%]})"
                ;;
        esac
    done
}

run_maven() {
    { JAVA_HOME=$jdk mvn -B -f "$home/pom.xml" -pl cli -am package -Dmaven.test.skip=true 2>&1
      echo $? > "$made/status"; } | tee "$made/build.log" | progress
    read -r status < "$made/status"
    [ "$status" = 0 ] && return 0
    grep -m5 '^\[ERROR\]' "$made/build.log" >&2
    die "the build failed: read $made/build.log"
}

# Runs a training program and keeps the loaded, linked classes of it: $1 is cli, run, branch,
# vmm or device.
train() {
    stage=$made/rehearsal.$1
    mkdir -p "$stage/workspace" "$stage/bin"
    . "$home/.mvn/options.sh"
    # Some seconds stand for a long life.
    [ "$1" != device ] || options="-XX:CompileThresholdScaling=0.2 $options"
    # Stands for QEMU, which a build does not need.
    printf '#!/bin/sh\nread -r line\n' > "$stage/bin/qemu-system-x86_64"
    chmod +x "$stage/bin/qemu-system-x86_64"
    # shellcheck disable=SC2086 # options are a list of words
    (cd "$stage/workspace" && PATH=$stage/bin:$PATH XDG_STATE_HOME=$stage \
        XDG_CONFIG_HOME=$stage/config XDG_CACHE_HOME=$stage/cache exec "$jdk/bin/java" \
        -XX:AOTCacheOutput="$lib/$1.aot" -Xlog:disable -Xlog:all=off:stderr \
        -Xlog:class+load:file=\""$stage/loaded"\":none:filecount=0 -Djsbx.loaded="$stage/loaded" \
        $options -Djsbx.home="$home" -Djsbx.lib="$lib" \
        -cp "$classpath" dev.jsbx.cli.Training "$1") < /dev/null >> "$made/build.log" 2>&1 ||
        say "no start-up cache for $1, starts will be slower: read $made/build.log"
    rm -rf "$stage"
}

build() {
    need_maven
    mkdir -p "$made" || die "cannot write $made: check its owner and free space"
    exec 9> "$made/lock"
    if command -v flock > /dev/null && ! flock -n 9; then
        say "waiting for another build of $home"
        flock 9
        stale || { exec 9>&-; return 0; }
    fi
    rm -rf "$home/cli/target/lib"
    : > "$made/begun" # a source that changes from here on is newer than this build
    run_maven

    # A directory of its own for each build: sandboxes that run keep the jars they were started with.
    lib=$made/$(date +%s)-$$
    rm -rf "$lib.new" && mkdir "$lib.new" &&
        cp "$home"/cli/target/lib/*.jar "$home"/cli/target/jsbx-cli-*.jar "$lib.new/" &&
        "$jdk/bin/java" -cp "$lib.new/*" dev.jsbx.cli.Training jars "$lib.new" &&
        mv "$lib.new" "$lib" || die "cannot write $lib: check free space"
    # Ours first: the JVM opens every jar before the one that has what it looks for.
    # Netty's next, of which a start loads what no cache takes.
    classpath='' netty='' rest=''
    for jar in "$lib"/*.jar; do
        case ${jar##*/} in
            jsbx-*) classpath=$classpath${classpath:+:}$jar ;;
            netty-*) netty=$netty:$jar ;;
            *) rest=$rest:$jar ;;
        esac
    done
    classpath=$classpath$netty$rest
    say "preparing fast starts"
    train device & # which takes as long as the others together
    train cli
    train run
    train branch
    train vmm
    wait
    printf '%s\n' "$jdk $home" "$lib" "$classpath" > "$made/stamp.new"
    touch -r "$made/begun" "$made/stamp.new"
    mv "$made/stamp.new" "$made/stamp"
    # The build before this one may still be in use; those before it are not kept.
    ls -d "$made"/[0-9]*-* | sort | head -n -2 | while IFS= read -r old; do rm -rf "$old"; done
    exec 9>&-
}
