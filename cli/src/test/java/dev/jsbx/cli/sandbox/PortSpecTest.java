package dev.jsbx.cli.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.cli.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortSpecTest {
    @ParameterizedTest
    @CsvSource({
        "3000, 127.0.0.1: -> 3000/tcp",
        "8080:3000, 127.0.0.1:8080 -> 3000/tcp",
        "8080:3000/tcp4, 127.0.0.1:8080 -> 3000/tcp",
        "8080:3000/udp, 127.0.0.1:8080 -> 3000/udp",
        "8080:3000/tcp6, [::1]:8080 -> 3000/tcp",
        "0.0.0.0:8080:3000, 0.0.0.0:8080 -> 3000/tcp",
        "127.0.0.1::3000, 127.0.0.1: -> 3000/tcp",
        "[::1]:8080:3000/udp6, [::1]:8080 -> 3000/udp",
    })
    void whatIsLeftOutHasADefault(String spec, String text) {
        PublishedPort port = PortSpec.parse(spec).toPublish();
        assertThat(port.text()).isEqualTo(text);
        assertThat(PortSpec.parse(port.spec()).toPublish()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "8080:0",
                "0:80",
                "70000",
                "70000:80",
                "80:70000",
                "x",
                "80/sctp",
                "80/",
                ":80",
                "1:2:3:4",
                "localhost:80:80",
                "256.0.0.1:80:80",
                "010.0.0.1:80:80",
                "[::1:80:80",
                "::1:80:80",
                "[::1]:80:80/tcp4",
                "127.0.0.1:80:80/udp6",
                "80:80 ",
                "127.0.0.1:80",
                "-1:80",
                "999999"
            })
    void whatIsNoneIsSaidInOneLine(String spec) {
        assertThatThrownBy(() -> PortSpec.parse(spec))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.exitCode()).isEqualTo(Failure.USAGE))
                .hasMessageContaining("the port " + spec)
                .hasMessageContaining("[[IP:]HOST:]GUEST[/tcp|udp]");
    }

    @Test
    void twoOfThemCannotShareAPort() {
        assertThat(PublishedPort.parse("80:1", "80:1/udp", "127.0.0.2:80:1", "1", "2")).hasSize(5);
        assertThatThrownBy(() -> PublishedPort.parse("80:1", "127.0.0.1:80:2"))
                .hasMessage("the port 127.0.0.1:80/tcp is named twice: leave one out");
    }

    @Test
    void takingBackNamesOneOrAll() {
        List<PublishedPort> ports = PublishedPort.parse("80:3000", "81:3000/udp", "82:4000");
        assertThat(ports).filteredOn(PortSpec.parse("3000")::matches).hasSize(2);
        assertThat(ports).filteredOn(PortSpec.parse("3000/udp")::matches).hasSize(1);
        assertThat(ports).filteredOn(PortSpec.parse("80:3000")::matches).hasSize(1);
        assertThat(ports).filteredOn(PortSpec.parse("127.0.0.2:80:3000")::matches).isEmpty();
        assertThat(ports).filteredOn(PortSpec.parse("80:4000")::matches).isEmpty();
    }
}
