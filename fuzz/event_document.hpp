#pragma once

#include "require.hpp"

#include <offhook/sip/subscription/packages/package_error.hpp>

#include <cstdint>
#include <string_view>

/// What holds of every event package's XML document: bounded rows, and what was written is read again.
namespace offhook::fuzz {

/// `rows` gives the rows of a document, `kept` those of a table that applied it.
template <class Table, class Parse, class Write, class Rows, class Kept>
void check_document(std::string_view text, Parse parse, Write write, Rows rows, Kept kept) {
  const auto info = parse(text);
  if (!info) return;
  require(rows(*info).size() <= sip::packages::kMaxRows);
  Table table;
  (void)table.apply(*info);
  (void)table.apply(*info);
  require(kept(table).size() <= sip::packages::kMaxRows);
  // What is written is well-formed: it is read again, unless escapes have made it too large.
  const auto written = write(*info);
  const auto again = parse(written);
  require(again ? again->version == info->version && rows(*again).size() == rows(*info).size()
                : written.size() > sip::packages::kMaxBodyBytes);
}

}  // namespace offhook::fuzz
