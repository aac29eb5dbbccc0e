"""Several processes write to one SQLite database, with a rollback journal and with a WAL.

    sqlite.py DIRECTORY PROCESSES TRANSACTIONS

Nothing may be lost, and the database must be whole.
"""
import multiprocessing
import os
import sqlite3
import sys


def connect(path):
    return sqlite3.connect(path, timeout=300, isolation_level=None)


def count(path, transactions, number):
    database = connect(path)
    for i in range(transactions):
        database.execute("begin immediate")
        (value,) = database.execute("select value from counter").fetchone()
        database.execute("update counter set value = ?", (value + 1,))
        database.execute("insert into log values (?, ?, ?)", (number, i, "x" * (i % 700)))
        database.execute("commit")
        if i % 10 == 9:  # locks are given back without a change, too
            database.execute("begin immediate")
            database.execute("update counter set value = -1")
            database.execute("rollback")
    database.close()


def main(directory, processes, transactions):
    for mode in ("delete", "wal"):
        path = os.path.join(directory, mode + ".sqlite")
        database = connect(path)
        (actual,) = database.execute("pragma journal_mode=" + mode).fetchone()
        if actual != mode:
            sys.exit("journal mode %s, not %s" % (actual, mode))
        database.execute("create table counter (value integer)")
        database.execute("insert into counter values (0)")
        database.execute("create table log (process, number, text)")
        database.execute("create index by_number on log (number)")
        database.close()
        workers = [multiprocessing.Process(target=count, args=(path, transactions, i))
                   for i in range(processes)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            sys.exit("a writer failed in mode " + mode)
        database = connect(path)
        (value,) = database.execute("select value from counter").fetchone()
        (rows,) = database.execute("select count(*) from log").fetchone()
        (whole,) = database.execute("pragma integrity_check").fetchone()
        database.close()
        if (value, rows, whole) != (processes * transactions,) * 2 + ("ok",):
            sys.exit("mode %s: %d counted, %d rows, integrity %s" % (mode, value, rows, whole))
        print("sqlite: %d transactions with journal mode %s" % (value, mode))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
