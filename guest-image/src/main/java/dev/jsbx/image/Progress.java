package dev.jsbx.image;

/** Told what a long piece of work is doing; called on the thread that does it. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = step -> {};

    /** A step begins, in a few words such as {@code unpacking the kernel}. */
    void step(String step);
}
