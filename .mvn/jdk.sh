# Sourced by ./jsbx and ./verify: where a JDK 25 is, and what to install when something is missing.
# Only shell built-ins on the good path: ./jsbx must add no more than a few milliseconds.

say() { printf 'jsbx: %s\n' "$*" >&2; }
die() { say "$*"; exit 125; }

# Whether the directory $1 is a JDK 25, by its release file and its compiler.
is_jdk25() {
    [ -r "$1/release" ] && [ -x "$1/bin/java" ] || return 1
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=\"25*) return 0 ;;
        esac
    done < "$1/release"
    return 1
}

# Sets $jdk: JAVA_HOME, then /usr/lib/jvm, then the java on PATH.
find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && is_jdk25 "$JAVA_HOME"; then
        jdk=$JAVA_HOME
        return 0
    fi
    for jdk in /usr/lib/jvm/*; do
        is_jdk25 "$jdk" && return 0
    done
    if jdk=$(command -v java) && jdk=$(readlink -f "$jdk"); then
        jdk=${jdk%/bin/java}
        is_jdk25 "$jdk" && return 0
    fi
    jdk=
    return 1
}

# Whether packages can be installed without asking: root, with apt.
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }

# Installs the packages named, saying so; all output goes to standard error.
install_packages() {
    say "installing $* (apt-get)"
    export DEBIAN_FRONTEND=noninteractive
    { [ -n "$(ls /var/lib/apt/lists 2> /dev/null | grep -m1 Packages)" ] || apt-get -qq update; } >&2
    apt-get -qq install -y --no-install-recommends "$@" > /dev/null 2>&1 && return 0
    apt-get -qq update >&2 # the lists may be older than the archive
    apt-get -qq install -y --no-install-recommends "$@" >&2
}

# The first of the packages named that apt has to offer.
first_offered() {
    for package; do
        case $(LC_ALL=C apt-cache policy "$package" 2> /dev/null) in
            *'Candidate: (none)'* | '') ;;
            *) printf '%s' "$package"; return 0 ;;
        esac
    done
    return 1
}

# Sets $jdk, installing a JDK 25 where that is allowed, or ends with one line.
need_jdk() {
    find_jdk && return 0
    next="install a JDK 25 (openjdk-25-jdk-headless or temurin-25-jdk) or set JAVA_HOME to one"
    can_install || die "no JDK 25 in JAVA_HOME, /usr/lib/jvm or PATH: $next"
    apt-get -qq update >&2 || true
    package=$(first_offered openjdk-25-jdk-headless temurin-25-jdk) ||
        die "no JDK 25 in JAVA_HOME, /usr/lib/jvm, PATH or apt's archives: $next"
    install_packages "$package" || die "cannot install $package: $next"
    find_jdk || die "no JDK 25 after installing $package: $next"
}

need_maven() {
    command -v mvn > /dev/null && return 0
    can_install || die "no mvn on PATH: install Maven 3.8 or newer (package maven)"
    install_packages maven || die "cannot install maven: install Maven 3.8 or newer yourself"
}
