package dev.jsbx.netstack.link;

/** Takes frames from a link. */
@FunctionalInterface
public interface FrameHandler {
    /** A frame has come in; it is valid until this returns. */
    void frame(Frame frame);
}
