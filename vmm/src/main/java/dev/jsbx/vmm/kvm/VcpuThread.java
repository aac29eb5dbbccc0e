package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.linux.Signals;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Consumer;

/**
 * The platform thread of a vCPU, and the ways to make it leave the guest.
 *
 * <p>A thread inside KVM_RUN is reached by a <em>kick</em>: {@code immediate_exit} is set for the
 * case that it has not entered the guest yet, and a real-time signal is sent for the case that it
 * has. The thread keeps the signal blocked, and KVM opens it only while the guest runs
 * (KVM_SET_SIGNAL_MASK); so no handler is needed, and HotSpot's own signals stay as they are.
 *
 * <pre>
 *            resume            loop.run() ── exit ──▶ listener, parked
 *   parked ─────────▶ entered ─────┤
 *      ▲                           └── KICKED ──▶ parked again, if that is still wished
 *      └──────────────── pause ◀───────┘
 * </pre>
 *
 * <p>All wishes and the two states change under this object's monitor, and a kick is sent under it
 * and only to a thread that has entered. So every kick is consumed when the thread leaves: one that
 * stayed pending until the thread's end would kill the whole JVM.
 */
public final class VcpuThread {
    private static final int KICK = Signals.SIGRTMIN;

    private enum Wish {
        PAUSE,
        RUN,
        STOP
    }

    private final Vcpu vcpu;
    private final VcpuLoop loop;
    private final Consumer<VcpuExit> listener;
    private final Thread thread;

    // All under the monitor.
    private Wish wish = Wish.PAUSE;
    private boolean entered;
    private int threadId;

    /**
     * @param name the thread's name, at most 15 characters to be seen whole in the kernel's lists
     * @param listener told on this thread why the run ended, unless by pause or stop; afterwards
     *     the vCPU is parked
     */
    public VcpuThread(Vcpu vcpu, VcpuLoop loop, String name, Consumer<VcpuExit> listener) {
        this.vcpu = vcpu;
        this.loop = loop;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::body);
    }

    /** Whether the calling thread is this one, as it is in a device that this vCPU accesses. */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Starts the thread; it parks until {@link #resume}. */
    public void start() {
        thread.start();
    }

    /** Lets the guest run on. Without effect after a stop. */
    public synchronized void resume() {
        if (wish != Wish.STOP) {
            wish = Wish.RUN;
            notifyAll();
        }
    }

    /** Asks the vCPU to leave the guest and park; does not wait. Any thread, also its own. */
    public synchronized void requestPause() {
        if (wish != Wish.STOP) {
            wish = Wish.PAUSE;
            kick();
        }
    }

    /** Waits until the vCPU is parked or has ended; its registers may then be read. */
    public synchronized void awaitParked() throws InterruptedException {
        while (entered) {
            wait();
        }
    }

    /** Asks the thread to end; does not wait. Any thread, also its own. */
    public synchronized void requestStop() {
        wish = Wish.STOP;
        kick();
        notifyAll();
    }

    /** Waits for the thread's end, after {@link #requestStop}. */
    public void join() throws InterruptedException {
        thread.join();
    }

    private void kick() {
        if (entered) {
            vcpu.run().immediateExit(true);
            Signals.toThread(threadId, KICK);
        }
    }

    private void body() {
        try {
            Signals.block(KICK);
            vcpu.setSignalMask(Signals.blocked() & ~Signals.bit(KICK));
            while (enter()) {
                VcpuExit exit = runOnce();
                leave(exit);
                if (exit != VcpuExit.KICKED) {
                    listener.accept(exit);
                }
            }
        } catch (InterruptedException e) {
            requestStop(); // nobody interrupts a vCPU; if somebody does, it is the end
        }
    }

    /** Waits while paused. @return false to stop */
    private synchronized boolean enter() throws InterruptedException {
        while (wish == Wish.PAUSE) {
            wait();
        }
        if (wish == Wish.STOP) {
            return false;
        }
        threadId = Signals.threadId();
        vcpu.run().immediateExit(false);
        entered = true;
        return true;
    }

    private VcpuExit runOnce() {
        try {
            return loop.run();
        } catch (RuntimeException | Error e) {
            // A device's bug ends this machine, in order, and nothing else.
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return new VcpuExit(
                    VcpuExit.Kind.ERROR,
                    vcpu.id(),
                    "vCPU " + vcpu.id() + ": a device failed: " + e,
                    trace.toString());
        }
    }

    private synchronized void leave(VcpuExit exit) {
        entered = false;
        while (Signals.consume(KICK)) {
            // Two wishes in a row may have sent two.
        }
        if (exit != VcpuExit.KICKED && wish == Wish.RUN) {
            wish = Wish.PAUSE;
        }
        notifyAll();
    }
}
