# Run as root by the guest's shell, which may be busybox's: puts the sandbox proxy's certificate into
# every trust store that the image has. May be run again: by jsbx with another certificate, and by
# who has installed a JDK meanwhile, as jsbx-trust.
set -u
umask 022
failed=
certificate=/usr/local/share/ca-certificates/jsbx.crt
bundle=/etc/ssl/certs/ca-certificates.crt
mkdir -p /usr/local/share/ca-certificates /etc/ssl/certs || exit 1
cat > $certificate.new << 'END' && mv $certificate.new $certificate || exit 1
@pem@
END

# A bundle becomes its former content without what an earlier run added, and the certificate.
add_to() {
    { [ ! -e "$1" ] || sed '/^# jsbx begin$/,/^# jsbx end$/d' "$1"
      echo '# jsbx begin'
      cat $certificate
      echo '# jsbx end'
    } > "$1.jsbx" && cat "$1.jsbx" > "$1.next" && chmod 0644 "$1.next" || failed="$failed $1"
    if [ -L "$1" ]; then cat "$1.next" > "$1"; else mv "$1.next" "$1"; fi || failed="$failed $1"
    rm -f "$1.jsbx" "$1.next"
}

# What variables point at, whatever the distribution calls its own.
for other in /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    [ -s $other ] || continue
    [ -s $bundle ] || cat $other > $bundle
    add_to $other
done
add_to $bundle

# Where OpenSSL looks a certificate up by the hash of its subject.
ln -sf $certificate /etc/ssl/certs/jsbx.pem
ln -sf $certificate /etc/ssl/certs/@hash@.0

# Java's key stores, once for each certificate: keytool takes seconds. A store that may not be
# written, as of a JDK that is shared from the host, is copied to where Java can be pointed.
import_into() {
    "$tool" -delete -alias jsbx -keystore "$1" -storepass changeit > /dev/null 2>&1
    "$tool" -importcert -noprompt -alias jsbx -file $certificate -keystore "$1" -storepass changeit \
        > /dev/null 2>&1 && cp $certificate "$1.jsbx" || failed="$failed $1"
}
copy=/usr/local/share/jsbx/cacerts
for store in /etc/ssl/certs/java/cacerts /usr/lib/jvm/*/lib/security/cacerts \
    /opt/*/lib/security/cacerts /opt/java/*/lib/security/cacerts \
    /home/*/.sdkman/candidates/java/*/lib/security/cacerts \
    /home/*/.local/share/mise/installs/java/*/lib/security/cacerts "${JAVA_HOME:-/}/lib/security/cacerts"; do
    tool=${store%/lib/security/cacerts}/bin/keytool
    store=$(readlink -f "$store") && [ -f "$store" ] || continue # of several JDKs it is often one
    [ -x "$tool" ] || tool=$(command -v keytool) || continue
    if [ ! -w "$store" ]; then
        cmp -s $certificate $copy.jsbx && continue
        mkdir -p ${copy%/*} && cat "$store" > $copy && store=$copy || { failed="$failed $store"; continue; }
    fi
    cmp -s $certificate "$store.jsbx" || import_into "$store"
done

# Read by the Docker Engine at each pull and push, also by one that runs already.
if [ -d /etc/docker ] || command -v dockerd > /dev/null; then
    for host in @hosts@; do
        mkdir -p "/etc/docker/certs.d/$host" && cp $certificate "/etc/docker/certs.d/$host/ca.crt" ||
            failed="$failed $host"
    done
fi

[ -z "$failed" ] || { echo "not changed:$failed" >&2; exit 1; }
