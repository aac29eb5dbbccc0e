package dev.jsbx.vmm.linux;

/** The process that started this one, or who adopted it since. */
public final class Parent {
    private Parent() {}

    /** Its number ({@code getppid(2)}); 0 if it is outside this process's PID namespace. */
    public static long pid() {
        return Syscall.call(Syscall.GETPPID);
    }
}
