#pragma once

#include <offhook/sip/message/header_table.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/parse_error.hpp>
#include <offhook/sip/message/via.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

/// Iterates over the lines of one header field. Borrows from the message.
class Lines {
 public:
  Lines() = default;
  Lines(const char* text, const HeaderTable& table, HeaderName name)
      : text_(text),
        at_(table.entries.data() + table.first.data()[static_cast<std::size_t>(name)]),
        end_(table.entries.data() + table.count),
        name_(name) {}

  /// Returns the value of the next line as text, or nullopt at the end.
  [[nodiscard]] std::optional<std::string_view> next() {
    while (at_ != end_) {
      const auto& entry = *at_++;
      if (entry.id == name_) return value_of(entry, text_);
    }
    return std::nullopt;
  }

 private:
  const char* text_ = nullptr;
  const HeaderTable::Entry* at_ = nullptr;
  const HeaderTable::Entry* end_ = nullptr;
  HeaderName name_ = HeaderName::Other;
};

/// Iterates over the values of a comma-separated field, over all its lines in order. Parses each value on request:
///
///     auto routes = message.routes();
///     while (const NameAddr* route = routes.next()) ...
///     if (routes.error()) ...
///
/// Value is NameAddr or Via. Borrows from the message.
template <class Value>
class Values {
 public:
  Values(Lines lines, std::size_t limit) : lines_(lines), limit_(limit) {}

  /// Returns the next value, valid until the next call. Returns null at the end and after an error.
  [[nodiscard]] const Value* next();
  /// Returns the reason why next() stopped early: the error of the value's parser, or TooManyValues beyond the limit.
  [[nodiscard]] std::optional<ParseError> error() const { return error_; }

 private:
  Lines lines_;
  std::string_view rest_;  // The unread part of the current line.
  std::size_t limit_;
  std::size_t count_ = 0;
  Value value_;
  std::optional<ParseError> error_;
};

extern template class Values<NameAddr>;
extern template class Values<Via>;

/// Iterates over the elements of a comma-separated list of tokens (Allow, Require, Supported), over all its lines. Each element
/// is trimmed and keeps its parameters. Commas in quotes do not separate.
class Tokens {
 public:
  explicit Tokens(Lines lines) : lines_(lines) {}
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  Lines lines_;
  std::string_view rest_;
};

}  // namespace offhook::inline v0::sip
