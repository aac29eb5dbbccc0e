package dev.jsbx.vmm.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BusTest {
    private static final class Register implements BusDevice {
        long value;

        @Override
        public long read(long offset, int size) {
            return offset == 4 ? value : -1;
        }

        @Override
        public void write(long offset, int size, long value) {
            this.value = value;
        }
    }

    @Test
    void accessesReachTheDeviceAtItsOffset() {
        Bus bus = new Bus();
        Register low = new Register();
        Register high = new Register();
        bus.attach(0x2000, 0x100, high);
        bus.attach(0x1000, 0x100, low);
        bus.write(0x1004, 4, 7);
        assertThat(bus.read(0x1004, 4)).isEqualTo(7);
        assertThat(high.value).isZero();
        assertThat(bus.read(0x2000, 2)).isEqualTo(0xffff);
    }

    @Test
    void anEmptyAddressReadsAsOnesAndSwallowsWrites() {
        Bus bus = new Bus();
        bus.attach(0x1000, 0x100, new Register());
        bus.write(0x1100, 1, 1);
        assertThat(bus.read(0xfff, 1)).isEqualTo(0xff);
        assertThat(bus.read(0x1100, 8)).isEqualTo(-1);
    }

    @Test
    void overlapsAreRefused() {
        Bus bus = new Bus();
        bus.attach(0x1000, 0x100, new Register());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bus.attach(0x10ff, 1, new Register()));
    }
}
