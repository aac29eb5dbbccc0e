package dev.jsbx.virtio.mmio;

/** Bits of the device status field (virtio 1.2 §2.1). */
final class Status {
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int DEVICE_NEEDS_RESET = 0x40;
    static final int FAILED = 0x80;

    private static final int STEPS = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;

    private Status() {}

    /** The bit that the driver sets next, 0 after the last (§3.1.1). */
    static int nextStep(int status) {
        return switch (status & STEPS) {
            case 0 -> ACKNOWLEDGE;
            case ACKNOWLEDGE -> DRIVER;
            case ACKNOWLEDGE | DRIVER -> FEATURES_OK;
            case ACKNOWLEDGE | DRIVER | FEATURES_OK -> DRIVER_OK;
            default -> 0;
        };
    }

    /** Whether the driver may acknowledge features. */
    static boolean negotiating(int status) {
        return (status & (STEPS | FAILED)) == (ACKNOWLEDGE | DRIVER);
    }

    /** Whether the driver may set queues up. */
    static boolean settingUpQueues(int status) {
        return (status & (STEPS | FAILED)) == (ACKNOWLEDGE | DRIVER | FEATURES_OK);
    }
}
