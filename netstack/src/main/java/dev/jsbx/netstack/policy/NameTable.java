package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.policy.PortTable.Choice;
import java.util.List;

/**
 * Rules on names. One table holds hosts and what wildcards stand before; a lookup walks over the
 * name once from its end, hashing as it goes, and looks each suffix up that starts a label. So its
 * time depends on the name's length (253 at most), not on the number of rules, and it allocates
 * nothing.
 */
final class NameTable {
    private static final int HASH_FACTOR = 31;

    /** What is known of one suffix. */
    private static final class Entry {
        final String suffix;
        final int hash;
        PortTable host;
        PortTable oneLabel;
        PortTable anyDepth;

        Entry(String suffix, int hash) {
            this.suffix = suffix;
            this.hash = hash;
        }
    }

    /** Visits tables that match a name. */
    interface Visitor {
        void visit(PortTable table);
    }

    private final Entry[] entries;
    private final int mask;

    NameTable(List<Choice> choices) {
        int size = Integer.highestOneBit(Math.max(8, choices.size()) * 4 - 1);
        entries = new Entry[size];
        mask = size - 1;
        choices.forEach(this::add);
    }

    private void add(Choice choice) {
        Resource resource = choice.rule().resource();
        Entry entry = entryFor(resource.name());
        switch (resource.kind()) {
            case HOST -> entry.host = with(entry.host, choice);
            case ONE_LABEL -> entry.oneLabel = with(entry.oneLabel, choice);
            case ANY_DEPTH -> entry.anyDepth = with(entry.anyDepth, choice);
            case ADDRESS, ANY -> throw new IllegalArgumentException(resource + " has no name");
        }
    }

    private static PortTable with(PortTable table, Choice choice) {
        PortTable result = table == null ? new PortTable() : table;
        result.add(choice);
        return result;
    }

    private Entry entryFor(String suffix) {
        int hash = 0;
        for (int i = suffix.length() - 1; i >= 0; i--) {
            hash = hash * HASH_FACTOR + suffix.charAt(i);
        }
        int at = slot(hash);
        while (entries[at] != null && !entries[at].suffix.equals(suffix)) {
            at = at + 1 & mask;
        }
        if (entries[at] == null) {
            entries[at] = new Entry(suffix, hash);
        }
        return entries[at];
    }

    private int slot(int hash) {
        return (hash ^ hash >>> 15) & mask;
    }

    private Entry lookup(String name, int start, int hash) {
        int at = slot(hash);
        for (Entry entry = entries[at]; entry != null; entry = entries[at]) {
            int length = entry.suffix.length();
            if (entry.hash == hash
                    && length == name.length() - start
                    && name.regionMatches(start, entry.suffix, 0, length)) {
                return entry;
            }
            at = at + 1 & mask;
        }
        return null;
    }

    /** The most specific rule for a connection to a name, or null. */
    Choice find(String name, Transport transport, int port) {
        Choice best = null;
        int firstDot = name.indexOf('.');
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            if (c == '.') {
                Entry entry = lookup(name, i + 1, hash);
                if (entry != null) {
                    Choice choice = below(entry, i == firstDot, transport, port);
                    best = choice == null ? best : choice;
                }
            }
            hash = hash * HASH_FACTOR + c;
        }
        Entry entry = lookup(name, 0, hash);
        Choice exact =
                entry == null || entry.host == null ? null : entry.host.find(transport, port);
        return exact == null ? best : exact;
    }

    private static Choice below(Entry entry, boolean oneLabel, Transport transport, int port) {
        Choice choice =
                oneLabel && entry.oneLabel != null ? entry.oneLabel.find(transport, port) : null;
        return choice != null || entry.anyDepth == null
                ? choice
                : entry.anyDepth.find(transport, port);
    }

    /** Visits every table that matches a name, the least specific first. */
    void visit(String name, Visitor visitor) {
        int firstDot = name.indexOf('.');
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            Entry entry = c == '.' ? lookup(name, i + 1, hash) : null;
            if (entry != null && entry.anyDepth != null) {
                visitor.visit(entry.anyDepth);
            }
            if (entry != null && entry.oneLabel != null && i == firstDot) {
                visitor.visit(entry.oneLabel);
            }
            hash = hash * HASH_FACTOR + c;
        }
        Entry entry = lookup(name, 0, hash);
        if (entry != null && entry.host != null) {
            visitor.visit(entry.host);
        }
    }
}
