package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.BusDevice;
import java.util.ArrayList;
import java.util.List;

/** Notes every access as text, and answers reads with 0xa0a0…, then 0xa1a1…, and so on. */
final class RecordingDevice implements BusDevice {
    final List<String> accesses = new ArrayList<>();
    private int reads;

    @Override
    public long read(long offset, int size) {
        accesses.add(String.format("read %x/%d", offset, size));
        return 0x0101010101010101L * (0xa0 + reads++);
    }

    @Override
    public void write(long offset, int size, long value) {
        accesses.add(String.format("write %x/%d %x", offset, size, value));
    }
}
