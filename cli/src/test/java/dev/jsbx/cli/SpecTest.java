package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SpecTest {
    private final List<String> seen = new ArrayList<>();

    private List<String> parse(String... words) {
        CommandLine line =
                new CommandLine(
                        Spec.of("x", "For the test", () -> 0)
                                .values("-e --env", "V", "Many", v -> seen(v))
                                .value("-n", "N", "One", v -> seen.add("n=" + v))
                                .words("WORD", "0..*", "Words", v -> seen.add(List.of(v) + ""))
                                .optionsEndAtFirstWord()
                                .build());
        line.setOverwrittenOptionsAllowed(true);
        assertThat(line.execute(words)).isZero();
        return seen;
    }

    private void seen(String[] values) {
        seen.removeIf(text -> text.startsWith("e="));
        seen.add("e=" + String.join(",", values));
    }

    @Test
    void severalValuesAreAllKept() {
        assertThat(parse("-e", "A=1", "--env", "B=2", "-eC=3")).containsExactly("e=A=1,B=2,C=3");
    }

    @Test
    void theLastOfOneValueCounts() {
        assertThat(parse("-n", "1", "-n", "2").getLast()).isEqualTo("n=2");
    }

    @Test
    void optionsBehindTheFirstWordAreWords() {
        assertThat(parse("-e", "A=1", "echo", "-e", "x")).containsExactly("e=A=1", "[echo, -e, x]");
    }
}
