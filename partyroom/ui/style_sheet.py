"""The style sheet; `theme` fills in the `$names` with colours and with lengths at the letter size in use."""

STYLE_SHEET = """
QWidget { outline: none; }
QToolTip { background: $ink; color: $card; border: none; padding: $px4 $px6; }
QMainWindow, QDialog, #page_area { background: $page; }

QMenuBar { background: $card; border-bottom: 1px solid $line; padding: $px2 $px6; }
QMenuBar::item { padding: $px5 $px10; border-radius: $px4; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $card; border: 1px solid $line_dark; padding: $px4; }
QMenu::item { padding: $px6 $px28 $px6 $px10; border-radius: $px4; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: $px8; }
QMenu::separator { height: 1px; background: $line; margin: $px4 $px8; }
QStatusBar { background: $card; border-top: 1px solid $line; color: $soft; }
QStatusBar::item { border: none; }

QPushButton { background: $card; border: 1px solid $line_dark; border-radius: $px4; padding: $px5 $px16;
  min-height: $px18; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $chosen; }
QPushButton:focus { border: 1px solid $focus; }
QPushButton:disabled { color: $faint; background: $page; border-color: $line; }
QPushButton[primary="true"], QPushButton[danger="true"], QToolButton[primary="true"] {
  background: $accent; border: 1px solid $accent; color: $card; }
QPushButton[primary="true"]:hover, QPushButton[danger="true"]:hover, QToolButton[primary="true"]:hover {
  background: $accent_dark; }
QPushButton[primary="true"]:focus, QPushButton[danger="true"]:focus {
  border: 2px solid $focus; padding: $px4 $px14; }
QToolBar QToolButton[primary="true"]:focus { border: 2px solid $focus; padding: $px4 $px8; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled { background: $line_dark;
  border-color: $line_dark; color: $card; }
QPushButton[flat="true"] { border-color: transparent; background: transparent; }
QPushButton[flat="true"]:hover { background: $hover; }
QPushButton[flat="true"]:focus { border-color: $focus; }

QToolBar { background: transparent; border: none; spacing: $px6; padding: 0; }
QToolBar::separator { background: $line_dark; width: 1px; margin: $px6 $px4; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: $px4;
  padding: $px5 $px10; }
QToolBar QToolButton { background: $card; border-color: $line; }
QToolBar QToolButton#qt_toolbar_ext_button { image: url("controls:arrow-right.svg"); padding: $px2; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $chosen; }
QToolButton:focus { border-color: $focus; }
QToolButton:disabled { color: $faint; }
QToolButton[popupMode="1"] { padding-right: $px22; }
QToolButton::menu-indicator { image: url("controls:arrow-down.svg"); width: $px12; height: $px12;
  subcontrol-origin: padding; subcontrol-position: right center; right: $px4; }
QToolButton[popupMode="2"] { padding-right: $px20; }

QLineEdit, QTextEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QListView#people_list {
  background: $card; border: 1px solid $line_dark; border-radius: $px4; padding: $px4 $px6;
  selection-background-color: $focus; selection-color: $card; }
QLineEdit, QComboBox, QAbstractSpinBox { min-height: $px20; }
QLineEdit:hover, QTextEdit:hover, QPlainTextEdit:hover, QComboBox:hover, QAbstractSpinBox:hover {
  border-color: $faint; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus,
QListView#people_list:focus { border: 1px solid $focus; }
QLineEdit[wrong="true"], QTextEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"],
QAbstractSpinBox[wrong="true"], QListView#people_list[wrong="true"] {
  border: 1px solid $accent; background: $accent_pale; }
QLineEdit:disabled, QTextEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled,
QAbstractSpinBox:disabled, QLineEdit:read-only { background: $page; color: $soft; }
QPlainTextEdit:read-only { background: $stripe; color: $ink; }
QComboBox QLineEdit, QAbstractSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QComboBox::drop-down { border: none; width: $px26; }
QComboBox::down-arrow { image: url("controls:arrow-down.svg"); width: $px14; height: $px14; }
QComboBox::down-arrow:disabled { image: url("controls:arrow-down-disabled.svg"); }
QComboBox QAbstractItemView { background: $card; border: 1px solid $line_dark; padding: $px3;
  selection-background-color: $chosen; selection-color: $ink; }
QComboBox QAbstractItemView::item { min-height: $px28; padding-left: $px6; border-radius: $px3; }
QComboBox QAbstractItemView::item:selected { background: $chosen; color: $ink; }
QDateTimeEdit::drop-down { border: none; width: $px22; background: transparent; }
QDateTimeEdit::down-arrow { image: url("controls:arrow-down.svg"); width: $px12; height: $px12; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: $px22;
  background: transparent; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url("controls:arrow-up.svg"); width: $px12; height: $px12; }
QAbstractSpinBox::down-arrow { image: url("controls:arrow-down.svg"); width: $px12; height: $px12; }
QAbstractSpinBox::up-arrow:off { image: url("controls:arrow-up-disabled.svg"); }
QAbstractSpinBox::down-arrow:off { image: url("controls:arrow-down-disabled.svg"); }

QCheckBox, QRadioButton { spacing: $px8; padding: $px3; border: 1px solid transparent; border-radius: $px3; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator { width: $px16; height: $px16;
  border: 1px solid $line_dark; border-radius: $px3; background: $card; }
QRadioButton::indicator { border-radius: $px8; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover, QAbstractItemView::indicator:hover {
  border-color: $focus; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $focus; border-color: $focus;
  image: url("controls:tick.svg"); }
QAbstractItemView::indicator:indeterminate, QCheckBox::indicator:indeterminate { background: $focus;
  border-color: $focus; image: url("controls:dash.svg"); }
QRadioButton::indicator:checked { background: $focus; border-color: $focus; image: url("controls:dot.svg"); }
QCheckBox::indicator:checked:disabled { background: $line; border-color: $line_dark;
  image: url("controls:tick-disabled.svg"); }

QAbstractItemView { background: $card; border: 1px solid $line; border-radius: $px4; gridline-color: $line;
  alternate-background-color: $stripe; selection-background-color: $chosen; selection-color: $ink; }
QAbstractItemView:focus { border-color: $focus; }
QListView::item, QTreeView::item { padding: 0 $px6; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: $chosen;
  color: $ink; }
QListView::item:hover:!selected, QTreeView::item:hover:!selected { background: $hover; }
QHeaderView { background: $stripe; border: none; }
QHeaderView::section { background: $stripe; color: $soft; border: none; border-bottom: 1px solid $line;
  border-right: 1px solid $line; padding: $px5 $px8; min-height: $px22; }
QHeaderView::section:hover { background: $hover; }
QHeaderView::down-arrow { image: url("controls:arrow-down.svg"); width: $px12; height: $px12; }
QHeaderView::up-arrow { image: url("controls:arrow-up.svg"); width: $px12; height: $px12; }
QTableCornerButton::section { background: $stripe; border: none; border-bottom: 1px solid $line; }

QTabWidget::pane { border: none; border-top: 1px solid $line; background: transparent; }
QTabBar::tab { background: transparent; color: $soft; padding: $px8 $px16; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $ink; background: $hover; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent_dark; background: $hover; }

QScrollArea, QScrollArea > QWidget > #scroll_content { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: $px12; }
QScrollBar:horizontal { height: $px12; }
QScrollBar::handle { background: $line_dark; border-radius: $px4; margin: $px2; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $faint; }
QScrollBar::handle:vertical { min-height: $px28; }
QScrollBar::handle:horizontal { min-width: $px28; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QProgressBar { background: $line; border: none; border-radius: $px3; min-height: $px6;
  max-height: $px6; }
QProgressBar::chunk { background: $focus; border-radius: $px3; }
QGroupBox { background: $card; border: 1px solid $line; border-radius: $px6; margin-top: $px22;
  padding: $px10; }
QGroupBox::title { subcontrol-origin: margin; left: $px2; color: $soft; }
QCalendarWidget QToolButton { color: $ink; padding: $px4 $px8; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $stripe; }
QCalendarWidget QAbstractItemView { border: none; selection-background-color: $focus; selection-color: $card; }

#rail, #rail_holder { background: $card; border: none; }
#rail { border-right: 1px solid $line; }
QAbstractScrollArea::corner { background: transparent; border: none; }
#card, QFrame[card="true"] { background: $card; border: 1px solid $line; border-radius: $px6; }
#dialog_heading { font-size: $large; font-weight: bold; color: $ink; }
#page_heading { font-size: $huge; color: $ink; }
#section_heading { color: $soft; font-weight: bold; }
#quiet, #library_name, #saved_state { color: $soft; }
#small_quiet { color: $soft; font-size: $small; }
QLabel[note] { color: $soft; font-size: $small; }
QLabel[note="error"] { color: $accent; }
QLabel[note="warning"] { color: $amber_dark; }
#thin_line { background: $line; border: none; }
#empty_text { color: $soft; font-size: $large; }
#message_strip[level="info"] { background: $blue_pale; border: none; border-bottom: 1px solid $blue_line; }
#message_strip[level="warning"] { background: $amber; border: none; border-bottom: 1px solid $amber_line; }
#message_strip QLabel { color: $ink; }
#draft_bar, #form_problem_bar { background: $amber; border: 1px solid $amber_line; border-radius: $px4; }
#form_problem_bar { background: $accent_pale; border-color: $accent; }
#start_card { background: $card; border: 1px solid $line; border-radius: $px8; text-align: left; }
#start_card:hover { border-color: $line_dark; background: $stripe; }
#start_card:focus { border: 2px solid $focus; }
#recent_list { border: none; background: transparent; }
"""
