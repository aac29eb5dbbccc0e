package dev.jsbx.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.cli.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {
    @ParameterizedTest
    @CsvSource({
        "256m, 268435456",
        "1g, 1073741824",
        "1G, 1073741824",
        "262144k, 268435456",
        "268435456, 268435456",
        "255m, 268435456"
    })
    void unitsAreBinaryAndRoundedUpToTwoMebibytes(String text, long bytes) {
        assertThat(MemorySize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "g", "1.5g", "-1g", "12q", "99999999999g", "0x10m"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> MemorySize.parse(text))
                .isInstanceOf(Failure.class)
                .hasMessageEndingWith("is no size: write it as 512m or 2g");
    }

    @Test
    void tooLittleAndTooMuchNameTheBound() {
        assertThatThrownBy(() -> MemorySize.parse("1"))
                .hasMessage("the memory size 1 is less than a Linux guest needs: use 128m or more");
        assertThatThrownBy(() -> MemorySize.parse("9000t"))
                .hasMessageContaining("is more than this host has: use ");
    }

    @Test
    void defaultIsASizeThatCanBeWritten() {
        long size = MemorySize.byDefault();
        assertThat(MemorySize.parse(Long.toString(size))).isEqualTo(size);
    }
}
