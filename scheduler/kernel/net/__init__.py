"""How this station asks other machines over HTTP: whose address, for how long, how many bytes. The home of urllib3.

`address_policy` judges addresses, `pinned_connection` connects to a judged one, `bounded_socket` holds it to seconds
and bytes, `client` asks. Nothing here knows the words of any service: each caller tells faults in its own reason codes.
"""
