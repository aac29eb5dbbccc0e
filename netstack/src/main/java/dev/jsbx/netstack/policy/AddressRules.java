package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.policy.PortTable.Choice;
import java.util.List;

/** Rules on addresses and blocks of them, by longest prefix. */
final class AddressRules {
    private final AddressTrie<PortTable> trie = new AddressTrie<>();

    AddressRules(List<Choice> choices) {
        for (Choice choice : choices) {
            Cidr block = choice.rule().resource().block();
            PortTable table = trie.get(block);
            if (table == null) {
                table = new PortTable();
                trie.put(block, table);
            }
            table.add(choice);
        }
    }

    /** The rule of the longest prefix that speaks of this transport and port, or null. */
    Choice find(long high, long low, Transport transport, int port) {
        Choice best = null;
        int node = AddressTrie.root(high, low);
        for (int bit = AddressTrie.firstBit(node); node >= 0; bit++) {
            PortTable table = trie.value(node);
            Choice choice = table == null ? null : table.find(transport, port);
            best = choice == null ? best : choice;
            node = bit < 128 ? trie.next(node, high, low, bit) : -1;
        }
        return best;
    }

    /** Visits every table that matches an address, the least specific first. */
    void visit(long high, long low, NameTable.Visitor visitor) {
        int node = AddressTrie.root(high, low);
        for (int bit = AddressTrie.firstBit(node); node >= 0; bit++) {
            PortTable table = trie.value(node);
            if (table != null) {
                visitor.visit(table);
            }
            node = bit < 128 ? trie.next(node, high, low, bit) : -1;
        }
    }
}
