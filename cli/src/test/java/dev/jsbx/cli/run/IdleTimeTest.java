package dev.jsbx.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.cli.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdleTimeTest {
    @Test
    void readsWhatUsersWrite() {
        assertThat(IdleTime.parse("90s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(IdleTime.parse("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(IdleTime.parse("1h")).isEqualTo(Duration.ofHours(1));
        assertThat(IdleTime.parse("off")).isNegative();
        assertThat(IdleTime.parse(null)).isEqualTo(Duration.ofSeconds(30));
        assertThat(IdleTime.text(IdleTime.parse("5m"))).isEqualTo("300s");
        assertThat(IdleTime.text(IdleTime.parse("off"))).isEqualTo("off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1d", "9999999s", "never"})
    void refusesTheRest(String text) {
        assertThatExceptionOfType(Failure.class).isThrownBy(() -> IdleTime.parse(text));
    }
}
