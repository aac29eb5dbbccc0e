package dev.jsbx.netstack.link;

/**
 * What goes wrong on a wire, as probabilities from 0 to 1 per frame.
 *
 * @param loss a frame vanishes
 * @param duplicate a frame comes twice
 * @param corrupt one bit of a frame behind its Ethernet header turns over
 * @param reorder a frame is held back until others have passed it
 * @param delay in µs, of each frame
 * @param jitter in µs, of each frame at random besides; reorders by itself
 */
public record Faults(
        double loss, double duplicate, double corrupt, double reorder, long delay, long jitter) {

    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);

    public static Faults loss(double p) {
        return new Faults(p, 0, 0, 0, 0, 0);
    }

    /** All at once, each with probability {@code p}. */
    public static Faults all(double p) {
        return new Faults(p, p, p, p, 0, 0);
    }
}
