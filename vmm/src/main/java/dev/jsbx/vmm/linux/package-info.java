/**
 * Linux, called from Java: the only package of the project that makes downcalls.
 *
 * <p>Every call goes through one method handle, libc's {@code syscall(long number, long × 6)} with
 * errno captured. Each further method-handle <em>shape</em> would cost 5 to 8 ms at every start of
 * the JVM, because the bytecode that the linker spins for it is not kept by the AOT cache.
 *
 * <pre>
 *   Files  Io  Mapping  EventFd  Epoll  Sockets  Signals  Ioctl      one class per concern
 *      └────┴─────┴────────┴───────┴───────┴────────┴──────┘
 *                          Syscall                                    number, arguments, -errno
 *                             │
 *                       libc syscall(2)
 * </pre>
 *
 * <p>Two forms of call. Methods on hot paths return what the kernel returned, a negative value
 * being {@code -errno}, and allocate nothing. All others throw {@link
 * dev.jsbx.vmm.linux.LinuxException}, which names the call, its arguments and the errno.
 *
 * <p>Threads: everything here may be called from any platform thread. A call that can block must
 * not run on a virtual thread, whose carrier it would pin.
 *
 * <p>What this package must never do: interpret guest data, or follow a guest address. It takes
 * addresses that {@code vmm.memory} has checked.
 */
package dev.jsbx.vmm.linux;
