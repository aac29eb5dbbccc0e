package dev.jsbx.virtio.mmio;

/** Offsets of the registers, under the names of virtio 1.2 §4.2.2. */
final class Register {
    static final int MagicValue = 0x000;
    static final int Version = 0x004;
    static final int DeviceID = 0x008;
    static final int VendorID = 0x00c;
    static final int DeviceFeatures = 0x010;
    static final int DeviceFeaturesSel = 0x014;
    static final int DriverFeatures = 0x020;
    static final int DriverFeaturesSel = 0x024;
    static final int QueueSel = 0x030;
    static final int QueueNumMax = 0x034;
    static final int QueueNum = 0x038;
    static final int QueueReady = 0x044;
    static final int QueueNotify = 0x050;
    static final int InterruptStatus = 0x060;
    static final int InterruptACK = 0x064;
    static final int Status = 0x070;
    static final int QueueDescLow = 0x080;
    static final int QueueDescHigh = 0x084;
    static final int QueueDriverLow = 0x090;
    static final int QueueDriverHigh = 0x094;
    static final int QueueDeviceLow = 0x0a0;
    static final int QueueDeviceHigh = 0x0a4;
    static final int SHMSel = 0x0ac;
    static final int SHMLenLow = 0x0b0;
    static final int SHMLenHigh = 0x0b4;
    static final int SHMBaseLow = 0x0b8;
    static final int SHMBaseHigh = 0x0bc;
    static final int ConfigGeneration = 0x0fc;
    static final int Config = 0x100;

    private Register() {}
}
