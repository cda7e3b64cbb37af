#pragma once

#include "require.hpp"

#include <offhook/sip/subscription/packages/package_error.hpp>

#include <cstdint>
#include <string_view>

/// Checks the XML document of any event package: the number of rows is limited, and the document can be written and parsed again.
namespace offhook::fuzz {

/// `rows` returns the rows of a document. `kept` returns the rows of a table that has applied the document.
template <class Table, class Parse, class Write, class Rows, class Kept>
void check_document(std::string_view text, Parse parse, Write write, Rows rows, Kept kept) {
  const auto info = parse(text);
  if (!info) return;
  require(rows(*info).size() <= sip::packages::kMaxRows);
  Table table;
  (void)table.apply(*info);
  (void)table.apply(*info);
  require(kept(table).size() <= sip::packages::kMaxRows);
  // The written document is well-formed. The parser must accept it, except if escapes have made it too large.
  const auto written = write(*info);
  const auto again = parse(written);
  require(again ? again->version == info->version && rows(*again).size() == rows(*info).size()
                : written.size() > sip::packages::kMaxBodyBytes);
}

}  // namespace offhook::fuzz
