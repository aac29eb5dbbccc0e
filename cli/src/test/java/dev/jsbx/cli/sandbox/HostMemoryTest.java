package dev.jsbx.cli.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.cli.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    private static final long MIB = 1L << 20;

    @Test
    void whatRunningSandboxesMayStillClaimIsNotFree() {
        HostMemory memory =
                new HostMemory(
                        8192 * MIB,
                        List.of(
                                new HostMemory.Claim("docs", 3000 * MIB),
                                new HostMemory.Claim("tests", 1000 * MIB)));
        assertThat(memory.room()).isEqualTo(4000 * MIB);
        memory.require("new", 4000 * MIB);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> memory.require("new", 4096 * MIB))
                .withMessage(
                        "there is no room for 4096m of memory for new: this host has 8192m free, of"
                                + " which running sandboxes may still claim what they were given (docs"
                                + " 3000m, tests 1000m): stop one, or use -m 4000m or less")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(Failure.OWN));
    }

    @Test
    void aFullHostHasNoRoom() {
        assertThat(new HostMemory(100 * MIB, List.of()).room()).isZero();
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> new HostMemory(100 * MIB, List.of()).require("new", 512 * MIB))
                .withMessageEndingWith("this host has 100m free: stop something else first");
    }

    @Test
    void thisHostHasSome() {
        assertThat(HostMemory.now().room()).isLessThan(HostMemory.total());
    }
}
