#include "peers.h"

size_t offhook_count_tokens(const char *text, size_t size) {
  size_t tokens = 0, at = 0;
  while (at < size) {
    while (at < size && (text[at] == ' ' || text[at] == ',' || text[at] == '\t')) ++at;
    if (at < size) ++tokens;
    while (at < size && text[at] != ',') ++at;
  }
  return tokens;
}
