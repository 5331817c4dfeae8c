"""A release of an app: what is wanted, what is there, and the steps from one to the other.

| module | holds | touches |
|---|---|---|
| `configuration.py` | `tradepost.toml`: its shape, and what of it contradicts itself | nothing |
| `wanted.py` | the release that a file asks for, with all files that it names | files |
| `look.py` | what the server shows of it | the server, reading |
| `plan.py` | the steps that are left | nothing |
| `run.py` | the steps, taken; after whatever goes wrong it looks again | the server |
| `rehearsal.py` | the same steps, checked by the server without writing | the server |

The server is reached through `tradepost.client` alone.
"""
