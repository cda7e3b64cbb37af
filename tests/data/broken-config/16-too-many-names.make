printf '{"sip": {'; for i in {1..128}; do printf '"%s": 0, ' "$i"; done; printf '"129": 0}}'
