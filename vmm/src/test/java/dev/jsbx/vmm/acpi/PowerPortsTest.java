package dev.jsbx.vmm.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PowerPortsTest {
    private final List<String> events = new ArrayList<>();
    private final PowerPorts ports =
            new PowerPorts(() -> events.add("off"), () -> events.add("reset"));

    @Test
    void sleepStateFiveWithTheEnableBitIsPowerOff() {
        ports.write(0, 1, 5 << 2);
        ports.write(0, 1, 3 << 2 | 0x20);
        assertThat(events).isEmpty();
        ports.write(0, 1, 5 << 2 | 0x20);
        assertThat(events).containsExactly("off");
    }

    @Test
    void theResetValueInTheResetRegisterIsReset() {
        ports.write(2, 1, 0);
        ports.write(1, 1, 0x80); // clearing the wake status
        assertThat(events).isEmpty();
        ports.write(2, 1, 1);
        assertThat(events).containsExactly("reset");
        assertThat(ports.read(1, 1)).isZero();
    }

    @Test
    void onlyAPanicIsAPanic() {
        PanicPort port = new PanicPort(() -> events.add("panic"));
        assertThat(port.read(0, 1)).isEqualTo(1);
        port.write(0, 1, 2);
        assertThat(events).isEmpty();
        port.write(0, 1, 1);
        assertThat(events).containsExactly("panic");
    }
}
