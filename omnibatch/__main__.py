"""`python -m omnibatch` is `omnibatch`."""

from omnibatch.cli import main

if __name__ == "__main__":
    main()
