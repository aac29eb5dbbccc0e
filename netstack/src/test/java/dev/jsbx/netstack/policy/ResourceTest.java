package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How resources may be written, and what is said of those that may not. */
class ResourceTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "Example.COM., example.com",
        "example.com:443, example.com:443",
        "*.example.com, *.example.com",
        "**.Example.com:80, **.example.com:80",
        "*, *",
        "**, *",
        "**:443, *:443",
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7",
        "10.0.0.0/8, 10.0.0.0/8",
        "10.0.0.0/8:22, 10.0.0.0/8:22",
        "0.0.0.0/0, 0.0.0.0/0",
        "2001:DB8::1, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "[2001:db8::1]:443, [2001:db8::1]:443",
        "2001:db8::/32, 2001:db8::/32",
        "[2001:db8::/32]:443, [2001:db8::/32]:443",
        "::/0, ::/0",
        "::ffff:10.0.0.1, 10.0.0.1",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "localhost:11434, localhost:11434",
        "host.jsbx.internal:80, localhost:80",
        "host.docker.internal, localhost",
        "bücher.example, xn--bcher-kva.example",
        "*.例え.jp, *.xn--r8jz45g.jp",
        "single, single",
        "' example.com ', example.com",
    })
    void isWrittenInOneForm(String given, String canonical) {
        assertThat(Resource.parse(given)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.com, 'a rule names a host, not a URL'",
        "https://example.com:443/x, 'a rule names a host, not a URL'",
        "*:*, every port is meant when none is written",
        "example.com:*, every port is meant when none is written",
        "'', it is empty",
        "' ', it is empty",
        "example.com:70000, the port is not 1 to 65535",
        "example.com:0, the port is not 1 to 65535",
        "example.com:, the port is not 1 to 65535",
        "example.com:-1, the port is not 1 to 65535",
        "example.com:99999999999, the port is not 1 to 65535",
        "example.com:http, the port is not 1 to 65535",
        ":443, it has a port but no host",
        "10.0.0.0/33, the prefix length is not 0 to 32",
        "10.0.0.0/-1, the prefix length is not 0 to 32",
        "10.0.0.0/, the prefix length is not 0 to 32",
        "10.0.0.0/08x, the prefix length is not 0 to 32",
        "10.0.0.1/8, 'it has bits beyond its prefix, the block is 10.0.0.0/8'",
        "2001:db8::1/32, 'it has bits beyond its prefix, the block is 2001:db8::/32'",
        "2001:db8::/129, the prefix length is not 0 to 128",
        "2001:zz::1, no IP address",
        "1:2, 'programs take it for 0.0.0.1, write that'",
        "256.1.1.1, no host name",
        "1.2.3.4.5, no host name",
        "::ffff:0:0/90, the prefix cuts through IPv4-mapped addresses",
        "127.1, 'programs take it for 127.0.0.1, write that'",
        "2130706433, 'programs take it for 127.0.0.1, write that'",
        "0x7f000001, 'programs take it for 127.0.0.1, write that'",
        "010.0.0.1, 'programs take it for 8.0.0.1, write that'",
        "[example.com], no IP address",
        "[::1, brackets are for IPv6 addresses",
        "[::1]443, only :PORT may follow the bracket",
        "example.com/path, a rule has no path",
        "*.*, 'only one wildcard may stand, at the start'",
        "*.*.com, 'only one wildcard may stand, at the start'",
        "a.*.com, a wildcard stands for whole labels at the start",
        "*example.com, a wildcard stands for whole labels at the start",
        "***.com, a wildcard stands for whole labels at the start",
        "*.10.0.0.1, a wildcard cannot stand before an address",
        "*.localhost, localhost has no names below it",
        "a..b, no host name",
        ".example.com, no host name",
        "exa mple.com, no host name",
        "user@example.com, no host name",
        "faß.example, 'it has a letter that stands for two different names, write its xn-- form'",
        "fe80::1%eth0, no IP address",
    })
    void isRefusedInOneLine(String given, String why) {
        assertThatThrownBy(() -> Resource.parse(given))
                .isInstanceOf(PolicySyntaxException.class)
                .hasMessage(
                        "\""
                                + given
                                + "\" is no resource: "
                                + why
                                + "; "
                                + ResourceSyntax.ACCEPTED);
    }

    @ParameterizedTest
    @CsvSource({"open, OPEN", "allow-all, OPEN", "Balanced, BALANCED", "deny-all, LOCKED_DOWN"})
    void modesHaveTwoSpellings(String given, Mode mode) {
        assertThat(Mode.parse(given)).isEqualTo(mode);
    }
}
