printf '{'; for i in {1..40}; do printf '"n%s": 0, ' "$i"; done; printf '"last": 0}'
