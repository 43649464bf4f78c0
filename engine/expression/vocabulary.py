"""The words and signs of the language, and the words of other languages that are not spoken here."""

COMPARISONS = {**{sign: sign for sign in ('==', '!=', '<', '<=', '>', '>=', 'in')}, 'eq': '==', 'ne': '!=',
               'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>=', 'is': '==', 'not': 'not_in', '=': '=='}
SUMS = {'+': 'add', '-': 'subtract'}
PRODUCTS = {'*': 'multiply', '/': 'divide', '//': 'floor_divide', '%': 'remainder', 'div': 'divide',
            'mod': 'remainder'}
FIXED = {'true': True, 'false': False, 'null': None, 'True': True, 'False': False, 'None': None}
INFIX_WORDS = frozenset(('and', 'or', 'not', 'in', 'is', 'if', 'then', 'else', 'eq', 'ne', 'lt', 'le', 'gt',
                         'ge', 'div', 'mod'))
TWO_WORDS = frozenset((('string', 'length'), ('list', 'contains'), ('starts', 'with'), ('ends', 'with'),
                       ('upper', 'case'), ('lower', 'case')))
FEEL_WORDS = {'for': 'for_return', 'some': 'some_satisfies', 'every': 'some_satisfies',
              'function': 'function_literal'}
LATER = frozenset(('in', 'return', 'satisfies', 'then', 'else', 'and', 'or'))
ONLY = '表达式里只能用资料、运算符和已有的函数'
_LOOPS = '对列表请用 sum、any、all、len、min、max 或 in'
FOREIGN_WORDS = {
    **dict.fromkeys(('import', 'from'), ('不能引入程序库“{word}”', ONLY)),
    **dict.fromkeys(('lambda', 'def', 'class'), ('不能定义函数“{word}”', '请用已有的函数')),
    **dict.fromkeys(('for', 'while', 'yield', 'return'), ('不能写循环“{word}”', _LOOPS)),
    **dict.fromkeys(('global', 'nonlocal', 'del', 'try', 'except', 'finally', 'raise', 'with', 'assert',
                     'async', 'await', 'break', 'continue'), ('不能使用“{word}”', '表达式里只能计算，不能写程序'))}
FOREIGN_CALLS = frozenset((
    'exec', 'eval', 'open', 'compile', 'getattr', 'setattr', 'delattr', 'hasattr', 'globals', 'locals',
    'vars', 'dir', 'type', 'super', 'object', 'input', 'print', 'exit', 'quit', 'breakpoint', 'help'))
