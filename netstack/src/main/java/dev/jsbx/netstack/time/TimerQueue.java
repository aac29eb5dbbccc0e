package dev.jsbx.netstack.time;

import java.util.Arrays;

/**
 * Armed timers in order of their deadlines: a binary heap. Putting a timer off, which TCP does with
 * every acknowledgment, only writes a field; the heap learns of it when the old deadline comes up.
 */
public final class TimerQueue {
    private Timer[] heap = new Timer[64];
    private int size;

    /** Arms a timer, or moves its deadline. */
    public void arm(Timer timer, long deadline) {
        timer.deadline = deadline;
        if (timer.index < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            timer.queuedAt = deadline;
            place(timer, size++);
            up(timer.index);
        } else if (deadline < timer.queuedAt) {
            timer.queuedAt = deadline;
            up(timer.index);
        }
    }

    /** Disarms a timer; cheap, but the queue may hold on to it until its deadline has passed. */
    public void disarm(Timer timer) {
        timer.deadline = Timer.NEVER;
    }

    /** Disarms a timer and forgets it, so that its owner can be collected. */
    public void remove(Timer timer) {
        timer.deadline = Timer.NEVER;
        if (timer.index >= 0) {
            removeAt(timer.index);
        }
    }

    /** Not after the earliest deadline; {@link Timer#NEVER} without timers. */
    public long next() {
        return size == 0 ? Timer.NEVER : heap[0].queuedAt;
    }

    /** Does what is due. An action may arm, disarm and remove any timer. */
    public void run(long now) {
        while (size > 0 && heap[0].queuedAt <= now) {
            Timer timer = heap[0];
            if (timer.deadline <= now) {
                removeAt(0);
                timer.deadline = Timer.NEVER;
                timer.action.run();
            } else if (timer.deadline == Timer.NEVER) {
                removeAt(0);
            } else {
                timer.queuedAt = timer.deadline;
                down(0);
            }
        }
    }

    /** How many timers are queued, disarmed ones that linger included. */
    public int size() {
        return size;
    }

    private void removeAt(int i) {
        Timer gone = heap[i];
        Timer last = heap[--size];
        heap[size] = null;
        gone.index = -1;
        if (last != gone) {
            place(last, i);
            up(i);
            down(last.index);
        }
    }

    private void up(int from) {
        int i = from;
        Timer timer = heap[i];
        while (i > 0) {
            int parent = (i - 1) >>> 1;
            if (heap[parent].queuedAt <= timer.queuedAt) {
                break;
            }
            place(heap[parent], i);
            i = parent;
        }
        place(timer, i);
    }

    private void down(int from) {
        int i = from;
        Timer timer = heap[i];
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            if (child + 1 < size && heap[child + 1].queuedAt < heap[child].queuedAt) {
                child++;
            }
            if (heap[child].queuedAt >= timer.queuedAt) {
                break;
            }
            place(heap[child], i);
            i = child;
        }
        place(timer, i);
    }

    private void place(Timer timer, int i) {
        heap[i] = timer;
        timer.index = i;
    }
}
