printf '{"media": {"codecs": ['; printf '"G722",%.0s' {1..64}; printf '"PCMU"]}}'
