package dev.jsbx.image.agent;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the agent says first.
 *
 * @param now the guest's boot time (CLOCK_BOOTTIME) when it was sent, nanoseconds
 * @param timeline when the guest reached which point, in the same clock; as the guest says, so not
 *     to be trusted for anything but display
 */
public record Hello(long now, Map<Point, Long> timeline) {
    private static final int MAX_POINTS = 64;

    /** The points of start-up, in the order in which a guest passes them. */
    public enum Point {
        INIT(Protocol.T_INIT),
        MODULES(Protocol.T_MODULES),
        ROOT(Protocol.T_ROOT),
        SHARES(Protocol.T_SHARES),
        NET(Protocol.T_NET),
        READY(Protocol.T_READY);

        private final int number;

        Point(int number) {
            this.number = number;
        }
    }

    static Hello from(Frame frame) throws AgentException {
        int magic = frame.u32();
        int version = frame.u32();
        if (magic != Protocol.MAGIC || version != Protocol.VERSION) {
            throw new AgentException(
                    "guest agent: speaks version %d, this jsbx version %d; run jsbx image build"
                            .formatted(version, Protocol.VERSION));
        }
        long now = frame.u64();
        int count = frame.u32();
        if (count < 0 || count > MAX_POINTS) {
            throw new AgentException("guest agent: malformed hello");
        }
        Map<Point, Long> timeline = new EnumMap<>(Point.class);
        for (int i = 0; i < count; i++) {
            int number = frame.u32();
            long at = frame.u64();
            for (Point point : Point.values()) {
                if (point.number == number) {
                    timeline.put(point, at);
                }
            }
        }
        return new Hello(now, timeline);
    }
}
