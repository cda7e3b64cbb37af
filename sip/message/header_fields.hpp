#pragma once

#include <offhook/sip/message/header_name.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

class Message;

/// Header fields to send, or a copy of received ones, as pairs of name and value.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// The header fields of a received message, in their order. Each name is as sent; each value is trimmed and its folded lines are
/// joined. Copies share one immutable text, so copying is as cheap as copying a pointer, and copies may cross threads. Views into
/// the text live as long as any copy. Construction from a message copies the text once; find() searches on each call.
class HeaderFields {
 public:
  using Field = std::pair<std::string_view, std::string_view>;  ///< name and value

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using pointer = const Field*;
    using reference = Field;

    Iterator() = default;
    explicit Iterator(const char* at) : at_(at) {}
    Field operator*() const;
    Iterator& operator++();
    Iterator operator++(int) {
      const auto before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) = default;

   private:
    const char* at_ = nullptr;
  };

  HeaderFields() = default;
  HeaderFields(std::initializer_list<Field> fields);
  explicit HeaderFields(const HeaderList& fields);
  /// Copies the fields of `message` for whose name `wanted` returns true.
  HeaderFields(const Message& message, bool (*wanted)(HeaderName));

  [[nodiscard]] Iterator begin() const { return Iterator(text_ ? text_->data() : nullptr); }
  [[nodiscard]] Iterator end() const { return Iterator(text_ ? text_->data() + text_->size() : nullptr); }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  /// Returns the value of the first field with this name. Accepts the name in any case, in long or compact form
  /// (RFC 3261 section 7.3). Returns nullopt if there is no such field.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// Returns a copy that owns its text, for operations that send header fields.
  [[nodiscard]] HeaderList list() const;

 private:
  std::shared_ptr<const std::string> text_;  // For each field: two 32-bit sizes, name, value. Null: no fields.
};

}  // namespace offhook::inline v0::sip
