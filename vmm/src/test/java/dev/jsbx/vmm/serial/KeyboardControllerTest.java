package dev.jsbx.vmm.serial;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyboardControllerTest {
    private int resets;
    private final KeyboardController controller = new KeyboardController(() -> resets++);

    @Test
    void onlyThePulseOfTheResetLineResets() {
        controller.write(0, 1, 0xfe);
        controller.write(4, 1, 0xd1);
        assertThat(resets).isZero();
        controller.write(4, 1, 0xfe);
        assertThat(resets).isOne();
    }

    @Test
    void itsBuffersAreEmpty() {
        assertThat(controller.read(4, 1)).isZero();
    }
}
